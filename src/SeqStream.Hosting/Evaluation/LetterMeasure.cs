using System.Collections.Immutable;
using System.Text;
using SeqStream.FrontEnds.Text;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Evaluation;

/// <summary><c>letters</c>: nats that each letter costs, the end mark counted; a text per line. A model of several classes is measured as each of them, the first one first.</summary>
internal sealed class LetterMeasure : IMeasure
{
    /// <inheritdoc/>
    public Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        LetterOptions letters = LetterGenerator.LettersOf(task.Model);
        ImmutableArray<string> classes = letters.Class?.Names ?? [""];
        using StreamSession session = new StreamingModel(task.Model.Executors).CreateSession();
        long lines = 0, symbols = 0;
        double[] nats = new double[classes.Length];
        foreach (string line in LabelledFiles.Lines(task.Path))
        {
            cancellation.ThrowIfCancellationRequested();
            lines++;
            int[] ids = [.. line.EnumerateRunes().Select(letter => IdOf(letters, letter, task.Path, lines)), letters.End];
            symbols += ids.Length;
            for (int i = 0; i < classes.Length; i++) nats[i] += NatsOf(session, letters, i, ids);
        }
        return Task.FromResult(task.Report(lines, symbols,
        [
            new("nats per letter, end mark counted", EvaluationTask.Share(nats[0], symbols)),
            .. Enumerable.Range(1, classes.Length - 1).Select(i => new EvaluationFigure($"nats per letter as {classes[i]}", EvaluationTask.Share(nats[i], symbols))),
        ]));
    }

    private static double NatsOf(StreamSession session, LetterOptions letters, int kind, int[] ids)
    {
        double nats = 0;
        int previous = letters.Start;
        session.Reset();
        foreach (int id in ids)
        {
            session.Input<long>(letters.Port)[0] = previous;
            if (letters.Class is not null) session.Input<long>(letters.Class.Port)[0] = kind;
            session.Step();
            nats += LogProbability.NatsOf(session.Output<float>(0), id);
            previous = id;
        }
        return nats;
    }

    private static int IdOf(LetterOptions letters, Rune letter, string path, long line)
    {
        int id = letters.IdOf(letter);
        return id >= 0 ? id : throw new InvalidDataException($"{path}, line {line}: found the letter '{letter}', expected letters of '{string.Concat(letters.Symbols)}'.");
    }
}
