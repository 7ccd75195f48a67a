using System.Diagnostics;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Pipeline.Tests;

/// <summary>S1 and S2 of the reliability tests, with many streams and messages.</summary>
[Collection(nameof(ScaleTests))]
public sealed class ScaleTests
{
    private const string Route = "route";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);
    private static readonly int s_sleepers = Number("SEQSTREAM_SLEEP_STREAMS", 10_000);
    private static readonly int s_sleeps = Number("SEQSTREAM_SLEEP_FRAMES", 8);

    /// <summary>S1: thousands of streams leave memory between any two of their frames; what they answer is, bit for bit, what streams answer that never did.</summary>
    [Fact]
    public async Task Streams_that_sleep_between_any_two_frames_answer_as_those_that_never_do()
    {
        ulong[] awake = await AnswersAsync(null), woken;
        using Checkpoints.StateDirectory directory = new();
        using (SqliteCheckpointStore store = new(directory.Path))
            woken = await AnswersAsync(new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(1), HibernateAfter = TimeSpan.FromTicks(1) });

        Assert.DoesNotContain(0UL, awake);
        Assert.Equal(awake, woken);
    }

    /// <summary>S2: the answers of every stream come in the order of its frames, however many threads there are and however they are batched.</summary>
    [Theory]
    [InlineData(16, 64, 10_000_000)]
    [InlineData(16, 1, 1_000_000)]
    public async Task No_answer_overtakes_another_of_its_stream(int threads, int maxBatch, int frames)
    {
        const int Streams = 1000;
        await using StreamEngine engine = new(TestStages.Create(keep: 1), new EngineOptions { Threads = threads, MaxBatch = maxBatch });
        StreamId[] streams = [.. Enumerable.Range(0, Streams).Select(stream => engine.Streams.Intern(FormattableString.Invariant($"s{stream}")))];
        Task<(long Answers, long Inversions)> reading = Task.Run(() => ReadAsync(engine, Streams));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            for (int frame = 0; frame < frames / Streams; frame++)
            {
                for (int stream = writer; stream < Streams; stream += 2) await WriteAsync(engine, streams[stream], 1, stream);
            }
        })));
        engine.Frames.Complete();

        Assert.Equal((frames, 0L), await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken));
    }

    private static async Task<(long Answers, long Inversions)> ReadAsync(StreamEngine engine, int streams)
    {
        long answers = 0, inversions = 0;
        long[] steps = new long[streams];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync())
        {
            if (emission.Kind == EmissionKind.Outputs)
            {
                answers++;
                long step = steps[emission.Stream.Index]++;
                if (emission.Step != step || emission.Values(emission.Output(0))[0] != step + 1) inversions++;
            }
            engine.Pools.Emissions.Return(emission);
        }
        return (answers, inversions);
    }

    /// <summary>[stream] a hash of all that it answered, in order.</summary>
    private static async Task<ulong[]> AnswersAsync(DurabilityOptions? durability)
    {
        ulong[] hashes = new ulong[s_sleepers];
        await using StreamEngine engine = new(LateModel.Stages(), new EngineOptions { Durability = durability });
        StreamId[] streams = [.. Enumerable.Range(0, s_sleepers).Select(stream => engine.Streams.Intern(Encoding.UTF8.GetBytes(FormattableString.Invariant($"s{stream}"))))];
        Task reading = engine.DrainAsync(emission =>
        {
            if (emission.Kind == EmissionKind.Outputs) hashes[emission.Stream.Index] = Hash(hashes[emission.Stream.Index], emission);
        });
        for (int frame = 0; frame < s_sleeps; frame++)
        {
            for (int stream = 0; stream < s_sleepers; stream++) await WriteAsync(engine, streams[stream], frame, stream);
            for (Stopwatch watch = Stopwatch.StartNew(); durability is not null && engine.Counters.Sleeps < (frame + 1L) * s_sleepers && watch.Elapsed < s_patience;) await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        engine.Frames.Complete();
        await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        if (durability is not null) Assert.Equal((s_sleeps - 1L) * s_sleepers, engine.Counters.Wakes);
        return hashes;
    }

    private static ulong Hash(ulong hash, Emission emission)
    {
        hash = (hash ^ (ulong)emission.Step) * 1099511628211 + 14695981039346656037;
        foreach (double value in emission.Values(emission.Output(0))) hash = (hash ^ BitConverter.DoubleToUInt64Bits(value)) * 1099511628211;
        return hash;
    }

    private static ValueTask WriteAsync(StreamEngine engine, StreamId stream, params ReadOnlySpan<float> values)
    {
        FramePayload payload = engine.Pools.Payloads.Rent();
        payload.BeginSegment(0, isInteger: false);
        payload.Add(values);
        return engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Time = double.NaN, Payload = payload });
    }

    private static int Number(string variable, int otherwise) => int.Parse(Environment.GetEnvironmentVariable(variable) ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
