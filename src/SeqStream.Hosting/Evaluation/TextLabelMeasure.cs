using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation;

/// <summary><c>label-per-text</c>: accuracy and F1 of the last label said of each text. See <see cref="LabelledTexts"/> for the forms of file.</summary>
internal sealed class TextLabelMeasure : IMeasure
{
    private const string Toxic = "Toxic", NotToxic = "Not Toxic"; // labels of the two-way form

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        ImmutableArray<string> labels = task.Model.Card.Labels;
        IReadOnlyList<LabelledSequence> texts = LabelledTexts.Read(task.Path, labels);
        string[] answers = await LastLabels(task, texts, cancellation).ConfigureAwait(false);
        if (texts.Count > 0 && texts.All(static text => text.Labels[0] is Toxic or NotToxic))
        {
            labels = [Toxic, NotToxic];
            answers = [.. answers.Select(answer => task.Model.Card.Labels[..^1].Contains(answer) ? Toxic : NotToxic)];
        }
        ClassCount[] counts = [.. labels.Select(label => ClassCount.Of(label, texts, answers))];
        double right = counts.Sum(static count => count.Right);
        return task.Report(texts.Count, texts.Count,
        [
            new("accuracy", EvaluationTask.Share(right, texts.Count)),
            new("weighted F1", EvaluationTask.Share(counts.Sum(static count => count.F1 * count.Wanted), texts.Count)),
            new("macro F1", EvaluationTask.Share(counts.Sum(static count => count.F1), counts.Length)),
            .. counts.Select(static count => new EvaluationFigure($"F1 of {count.Label}", count.F1)),
        ]);
    }

    private static async Task<string[]> LastLabels(EvaluationTask task, IReadOnlyList<LabelledSequence> texts, CancellationToken cancellation)
    {
        string[] answers = new string[texts.Count];
        Array.Fill(answers, "");
        await new SequenceRunner(task.Model, task.Threads).RunAsync(texts, (index, emission) =>
        {
            if (emission.Kind == EmissionKind.Label && !emission.IsPartial) answers[index] = emission.Label ?? "";
        }, cancellation).ConfigureAwait(false);
        return answers;
    }

    private readonly record struct ClassCount(string Label, int Wanted, int Found, int Right)
    {
        public double F1 => EvaluationTask.Share(2.0 * Right, Wanted + Found);

        public static ClassCount Of(string label, IReadOnlyList<LabelledSequence> texts, string[] answers)
        {
            int wanted = 0, found = 0, right = 0;
            for (int i = 0; i < answers.Length; i++)
            {
                bool isWanted = texts[i].Labels[0] == label, isFound = answers[i] == label;
                wanted += isWanted ? 1 : 0;
                found += isFound ? 1 : 0;
                right += isWanted && isFound ? 1 : 0;
            }
            return new ClassCount(label, wanted, found, right);
        }
    }
}
