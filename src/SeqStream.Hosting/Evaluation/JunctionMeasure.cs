using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation;

/// <summary><c>junctions</c>: windows of DNA in lines of <c>class,name,letters</c>, whose class is that of the place in their middle; accuracy there, and the errors of each class.</summary>
internal sealed class JunctionMeasure : IMeasure
{
    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        ImmutableArray<string> labels = task.Model.Card.Labels;
        LabelledSequence[] windows = [.. Windows(task.Path, labels)];
        string[] answers = new string[windows.Length];
        await new SequenceRunner(task.Model, task.Threads).RunAsync(windows, (index, emission) =>
        {
            if (emission.Kind == EmissionKind.Label && emission.Step == Middle(windows[index])) answers[index] = emission.Label ?? "";
        }, cancellation).ConfigureAwait(false);
        return task.Report(windows.Length, windows.Sum(static window => window.Text.Length),
        [
            new("accuracy", EvaluationTask.Share(Enumerable.Range(0, windows.Length).Count(i => answers[i] == windows[i].Labels[0]), windows.Length)),
            .. labels.Select(label => new EvaluationFigure($"errors of {label}", ErrorsOf(label, windows, answers))),
        ]);
    }

    /// <summary>The step of the last letter before the middle.</summary>
    private static int Middle(LabelledSequence window) => (window.Text.Length / 2) - 1;

    private static double ErrorsOf(string label, LabelledSequence[] windows, string[] answers)
    {
        int[] all = [.. Enumerable.Range(0, windows.Length).Where(i => windows[i].Labels[0] == label)];
        return EvaluationTask.Share(all.Count(i => answers[i] != label), all.Length);
    }

    private static IEnumerable<LabelledSequence> Windows(string path, ImmutableArray<string> labels)
    {
        int number = 0;
        foreach (string line in LabelledFiles.Lines(path))
        {
            number++;
            if (line.Length == 0) continue;
            string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != 3 || !labels.Contains(fields[0]) || fields[2].Length < 2)
                throw new InvalidDataException($"{path}, line {number}: found '{line}', expected 'class,name,letters' with one of the classes {string.Join(", ", labels)}.");
            yield return new LabelledSequence([], [], [fields[0]]) { Text = fields[2] };
        }
    }
}
