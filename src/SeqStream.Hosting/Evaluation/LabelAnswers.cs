namespace SeqStream.Hosting.Evaluation;

/// <summary>The labels a model gave to sequences, one for each token or row.</summary>
internal static class LabelAnswers
{
    /// <summary>Runs the sequences and checks that each token or row got its answer.</summary>
    public static async Task<List<string>[]> OfAsync(EvaluationTask task, LabelledSequence[] sequences, CancellationToken cancellation)
    {
        List<string>[] answers = await new SequenceRunner(task.Model, task.Threads).RunAsync(sequences, cancellation).ConfigureAwait(false);
        for (int i = 0; i < sequences.Length; i++)
        {
            int found = answers[i].Count, expected = sequences[i].Labels.Length;
            if (found != expected) throw new InvalidDataException($"sequence {i + 1}: the model answered {found} times, expected {expected}, one answer for each token or row.");
        }
        return answers;
    }

    /// <summary>The share of answers that are the wanted label.</summary>
    public static double Accuracy(LabelledSequence[] sequences, List<string>[] answers)
    {
        long right = 0, all = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            all += sequences[i].Labels.Length;
            for (int step = 0; step < sequences[i].Labels.Length; step++)
            {
                if (answers[i][step] == sequences[i].Labels[step]) right++;
            }
        }
        return EvaluationTask.Share(right, all);
    }
}
