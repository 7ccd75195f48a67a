namespace SeqStream.Hosting.Evaluation;

/// <summary><c>entities</c>: F1, precision and recall of entity spans in CoNLL columns, and the accuracy of tokens.</summary>
internal sealed class EntityMeasure : IMeasure
{
    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        LabelledSequence[] sentences = [.. LabelledFiles.Conll(task.Path)];
        List<string>[] answers = await LabelAnswers.OfAsync(task, sentences, cancellation).ConfigureAwait(false);
        int right = 0, found = 0, wanted = 0;
        for (int i = 0; i < sentences.Length; i++)
        {
            HashSet<(int, int, string)> truth = EntitySpans.Of(sentences[i].Labels);
            HashSet<(int, int, string)> answer = EntitySpans.Of(answers[i]);
            wanted += truth.Count;
            found += answer.Count;
            right += answer.Count(truth.Contains);
        }
        double precision = EvaluationTask.Share(right, found);
        double recall = EvaluationTask.Share(right, wanted);
        return task.Report(sentences.Length, sentences.Sum(static sentence => sentence.Labels.Length),
            new("entity F1", EvaluationTask.Share(2 * precision * recall, precision + recall)), new("entity precision", precision), new("entity recall", recall),
            new("token accuracy", LabelAnswers.Accuracy(sentences, answers)));
    }
}
