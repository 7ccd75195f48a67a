using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Runs labelled sequences through a model's whole route, each as a stream of its own, and collects the labels it emits.</summary>
internal sealed class SequenceRunner(LoadedModel model, int threads) : IFaultReporter
{
    private const int MaxBatch = 64;
    private string? _fault;

    /// <summary>What the sequences go through; the model's own stages unless others are given.</summary>
    public StageFactory Stages { get; init; } = model.Stages;

    /// <summary>The emitted labels of each sequence by step, in the order of the sequences.</summary>
    /// <exception cref="InvalidDataException">The model refused a record.</exception>
    public async Task<List<string>[]> RunAsync(IReadOnlyList<LabelledSequence> sequences, CancellationToken cancellation)
    {
        List<string>[] labels = [.. sequences.Select(static _ => new List<string>())];
        await RunAsync(sequences, (index, emission) =>
        {
            if (emission.Kind == EmissionKind.Label) labels[index].Add(emission.Label ?? "");
        }, cancellation).ConfigureAwait(false);
        return labels;
    }

    /// <summary>Runs the sequences.</summary>
    /// <param name="sequences">What is run.</param>
    /// <param name="take">Is shown every emission with the index of its sequence, those of one sequence in their order; the emission is not to be kept.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InvalidDataException">The model refused a record.</exception>
    public async Task RunAsync(IReadOnlyList<LabelledSequence> sequences, Action<int, Emission> take, CancellationToken cancellation)
    {
        await using StreamEngine engine = new(Stages, new EngineOptions { Threads = threads, MaxBatch = MaxBatch, Source = "data" }, this);
        Task writing = WriteAsync(engine, sequences, cancellation);
        while (await engine.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (engine.Emissions.TryRead(out Emission? emission))
            {
                take(emission.Stream.Index, emission);
                engine.Pools.Emissions.Return(emission);
            }
        }
        await writing.ConfigureAwait(false);
        await engine.Completion.ConfigureAwait(false);
        if (_fault is not null) throw new InvalidDataException(_fault);
    }

    /// <inheritdoc/>
    public void Report(in RecordFault fault) => _fault ??= $"sequence {fault.Position}: {fault.Problem}";

    private static async Task WriteAsync(StreamEngine engine, IReadOnlyList<LabelledSequence> sequences, CancellationToken cancellation)
    {
        try
        {
            for (int i = 0; i < sequences.Count; i++)
            {
                StreamId stream = engine.Streams.Intern(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{i}")));
                int at = 0;
                foreach (FramePayload payload in Payloads(engine, sequences[i]))
                {
                    double time = at < sequences[i].Times.Length ? sequences[i].Times[at] : double.NaN;
                    at++;
                    await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Position = i + 1, Time = time, Payload = payload }, cancellation).ConfigureAwait(false);
                }
                await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Position = i + 1, Time = double.NaN }, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            engine.Frames.TryComplete();
        }
    }

    private static IEnumerable<FramePayload> Payloads(StreamEngine engine, LabelledSequence sequence)
    {
        foreach (float[] row in sequence.Rows)
        {
            FramePayload payload = engine.Pools.Payloads.Rent();
            payload.BeginSegment(0, isInteger: false);
            payload.Add(row);
            yield return payload;
        }
        if (sequence.Tokens.Length > 0) yield return Texts(engine, FrameContent.Tokens, string.Join(' ', sequence.Tokens));
        if (sequence.Text.Length > 0) yield return Texts(engine, FrameContent.Text, sequence.Text);
    }

    private static FramePayload Texts(StreamEngine engine, FrameContent content, string text)
    {
        FramePayload payload = engine.Pools.Payloads.Rent();
        payload.Content = content;
        payload.AddText(Encoding.UTF8.GetBytes(text));
        return payload;
    }
}
