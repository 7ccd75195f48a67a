using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>label-at-end</c>: the share of sequences whose label is right at the end, and when a part of the sequence has passed. Forms of file:
/// <c>msr-action3d</c> (joints), <c>msr-action3d-figures</c> (pictures drawn from joints) and <c>ts</c> (cases of a time series archive).
/// </summary>
internal sealed class EndLabelMeasure : IMeasure
{
    private static readonly double[] s_parts = [0.4, 0.6, 0.8];

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        LabelledSequence[] sequences = Read(task);
        List<string>[] running = [.. sequences.Select(static _ => new List<string>())];
        string[] last = new string[sequences.Length];
        await new SequenceRunner(task.Model, task.Threads).RunAsync(sequences, (index, emission) =>
        {
            if (emission.Kind != EmissionKind.Label) return;
            last[index] = emission.Label ?? "";
            if (emission.IsPartial) running[index].Add(last[index]);
        }, cancellation).ConfigureAwait(false);
        int[] all = [.. Enumerable.Range(0, sequences.Length)];
        return task.Report(sequences.Length, running.Sum(static steps => steps.Count),
        [
            new("accuracy at the end", EvaluationTask.Share(all.Count(i => last[i] == sequences[i].Labels[0]), sequences.Length)),
            .. s_parts.Select(part => new EvaluationFigure(FormattableString.Invariant($"accuracy when {100 * part:0} % has passed"),
                EvaluationTask.Share(all.Count(i => At(running[i], part) == sequences[i].Labels[0]), sequences.Length))),
        ]);
    }

    private static string At(List<string> steps, double part) => steps.Count == 0 ? "" : steps[Math.Max(0, (int)Math.Round(steps.Count * part) - 1)];

    private static LabelledSequence[] Read(EvaluationTask task) => task.Format switch
    {
        "msr-action3d" => [.. SkeletonFiles.Poses(task.Path, task.Model.Card.Labels)],
        "msr-action3d-figures" => [.. SkeletonFiles.Figures(task.Path, task.Model.Card.Labels)],
        "ts" => [.. CaseFiles.Read(task.Path)],
        _ => throw new ArgumentException($"The card of model '{task.Model.Card.Name}' asks for data of the form '{task.Format}', expected msr-action3d, msr-action3d-figures or ts."),
    };
}
