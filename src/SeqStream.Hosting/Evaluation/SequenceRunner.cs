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

    /// <summary>The emitted labels of each sequence by step, in the order of the sequences.</summary>
    /// <exception cref="InvalidDataException">The model refused a record.</exception>
    public async Task<List<string>[]> RunAsync(IReadOnlyList<LabelledSequence> sequences, CancellationToken cancellation)
    {
        List<string>[] labels = [.. sequences.Select(static _ => new List<string>())];
        await using StreamEngine engine = new(model.Stages, new EngineOptions { Threads = threads, MaxBatch = MaxBatch, Source = "data" }, this);
        Task writing = WriteAsync(engine, sequences, cancellation);
        while (await engine.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (engine.Emissions.TryRead(out Emission? emission))
            {
                if (emission.Kind == EmissionKind.Label) labels[emission.Stream.Index].Add(emission.Label ?? "");
                engine.Pools.Emissions.Return(emission);
            }
        }
        await writing.ConfigureAwait(false);
        await engine.Completion.ConfigureAwait(false);
        return _fault is null ? labels : throw new InvalidDataException(_fault);
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
                foreach (FramePayload payload in Payloads(engine, sequences[i]))
                    await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Position = i + 1, Time = double.NaN, Payload = payload }, cancellation).ConfigureAwait(false);
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
        if (sequence.Tokens.Length == 0) yield break;
        FramePayload tokens = engine.Pools.Payloads.Rent();
        tokens.Content = FrameContent.Tokens;
        tokens.AddText(Encoding.UTF8.GetBytes(string.Join(' ', sequence.Tokens)));
        yield return tokens;
    }
}
