namespace SeqStream.Hosting.Evaluation;

/// <summary><c>label-per-step</c>: the share of steps, and of last steps, whose label is right; a zip of CSV files in folders named by their label.</summary>
internal sealed class StepLabelMeasure : IMeasure
{
    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        LabelledSequence[] sequences = [.. LabelledFiles.ZippedCsv(task.Path)];
        List<string>[] answers = await LabelAnswers.OfAsync(task, sequences, cancellation).ConfigureAwait(false);
        double lastRight = Enumerable.Range(0, sequences.Length).Count(i => answers[i].Count > 0 && answers[i][^1] == sequences[i].Labels[^1]);
        return task.Report(sequences.Length, sequences.Sum(static sequence => sequence.Labels.Length),
            new("accuracy per timestep", LabelAnswers.Accuracy(sequences, answers)), new("accuracy at the last timestep", EvaluationTask.Share(lastRight, sequences.Length)));
    }
}
