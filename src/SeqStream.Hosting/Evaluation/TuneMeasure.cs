using System.Text;
using SeqStream.Decoding.Music;
using SeqStream.Decoding.Sampling;
using SeqStream.FrontEnds.Text;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>tunes</c>: bits that each character of a file of tunes costs, one memory for the whole file, as a compressor has it, and again with each tune from an empty memory;
/// then the share of tunes drawn as <c>generate</c> draws them that read without a problem, and the share that did so at once. Tunes are separated by an empty line, whose line feed is the mark that ends one and begins the next.
/// </summary>
internal sealed class TuneMeasure : IMeasure
{
    private const int DrawnTunes = 200;

    /// <inheritdoc/>
    public Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        LetterOptions letters = LetterGenerator.LettersOf(task.Model);
        int[][] tunes = [.. Tunes(task.Path).Select((tune, i) => Ids(letters, tune, task.Path, i + 1))];
        using StreamSession session = new StreamingModel(task.Model.Executors).CreateSession();
        long characters = tunes.Sum(static tune => (long)tune.Length);
        double carried = Bits(session, letters, tunes, isCarried: true, cancellation);
        double alone = Bits(session, letters, tunes, isCarried: false, cancellation);
        (double first, double last) = ReadableShares(task.Model, cancellation);
        return Task.FromResult(task.Report(tunes.Length, characters, new("bits per character", EvaluationTask.Share(carried, characters)),
            new("bits per character, each tune from an empty memory", EvaluationTask.Share(alone, characters)),
            new(FormattableString.Invariant($"share of {DrawnTunes} drawn tunes that read without a problem"), last), new("share of them at the first draw", first)));
    }

    private static IEnumerable<string> Tunes(string path)
    {
        StringBuilder tune = new();
        foreach (string line in LabelledFiles.Lines(path).Append(""))
        {
            if (line.Length > 0) tune.Append(line).Append('\n');
            else if (tune.Length > 0)
            {
                yield return tune.ToString();
                tune.Clear();
            }
        }
    }

    private static int[] Ids(LetterOptions letters, string tune, string path, int number)
        => [.. tune.EnumerateRunes().Select(letter => letters.IdOf(letter) is int id and >= 0
            ? id
            : throw new InvalidDataException($"{path}, tune {number}: found the letter '{letter}', expected letters of '{string.Concat(letters.Symbols).Trim()}' and line feeds.")), letters.End];

    private static double Bits(StreamSession session, LetterOptions letters, int[][] tunes, bool isCarried, CancellationToken cancellation)
    {
        double nats = 0;
        session.Reset();
        foreach (int[] tune in tunes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!isCarried) session.Reset();
            int previous = letters.Start;
            foreach (int id in tune)
            {
                session.Input<long>(letters.Port)[0] = previous;
                session.Step();
                nats += LogProbability.NatsOf(session.Output<float>(0), id);
                previous = id;
            }
        }
        return nats / Math.Log(2);
    }

    private static (double First, double Last) ReadableShares(LoadedModel model, CancellationToken cancellation)
    {
        using TuneGenerator generator = new(model, new GenerationOptions { Sampler = new SamplerOptions { Temperature = model.Card.Generation.Temperature } });
        int first = 0, last = 0;
        for (int i = 0; i < DrawnTunes; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isReadable = TuneGenerator.IsReadable(AbcReader.Read(generator.Next(i, out _, out int draws)));
            if (isReadable) last++;
            if (isReadable && draws == 1) first++;
        }
        return ((double)first / DrawnTunes, (double)last / DrawnTunes);
    }
}
