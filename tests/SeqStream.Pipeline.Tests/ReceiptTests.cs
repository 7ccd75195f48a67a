using System.Collections.Concurrent;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Tests;

/// <summary>Receipts come back once, and not before the emissions of their frames are on their way.</summary>
public sealed class ReceiptTests
{
    private readonly Desk _desk = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_receipt_comes_back_once_and_after_the_answers_of_its_frame(int threads)
    {
        const int Frames = 3000, Streams = 7;
        await using StreamEngine engine = _desk.Engine = new(TestStages.Create(), new EngineOptions { Threads = threads, MaxBatch = 5, FrameCapacity = 16, EmissionCapacity = 64, Receipts = _desk });
        Task feeding = Task.Run(async () =>
        {
            for (int i = 1; i <= Frames; i++) await engine.Frames.WriteAsync(FrameOf(engine, $"s{i % Streams}", i % 10 == 0 ? Frame.Unfinished : i, rows: 1 + (i % 3)));
            engine.Frames.Complete();
        });
        long answers = 0;
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            answers++;
            engine.Pools.Emissions.Return(emission);
        }
        await feeding;

        Assert.Equal(Enumerable.Range(1, Frames).Where(static i => i % 10 != 0).Select(static i => (long)i), _desk.Returned.Select(static one => one.Receipt).Order());
        Assert.Equal(Enumerable.Range(1, Frames).Sum(static i => 1 + (i % 3)), answers);
        if (threads > 1) return;
        foreach ((long receipt, long written) in _desk.Returned) Assert.True(written >= AnswersOfStreamUpTo(receipt, Streams));
    }

    [Fact]
    public async Task Receipts_of_refused_frames_and_of_ends_come_back_too()
    {
        await using StreamEngine engine = _desk.Engine = new(TestStages.Create(), new EngineOptions { Receipts = _desk });
        await engine.Frames.WriteAsync(FrameOf(engine, "a", 1, rows: 1), TestContext.Current.CancellationToken);
        Frame bad = FrameOf(engine, "a", 2, rows: 0);
        bad.Payload!.Add(1f);
        await engine.Frames.WriteAsync(bad, TestContext.Current.CancellationToken);
        await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern("a"), Kind = FrameKind.End, Time = double.NaN, Receipt = 3 }, TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        await engine.Completion;

        Assert.Equal([1L, 2L, 3L], _desk.Returned.Select(static one => one.Receipt));
        Assert.Equal(2, _desk.Returned.Last().Written);
    }

    private static long AnswersOfStreamUpTo(long receipt, int streams)
    {
        long answers = 0;
        for (long i = receipt; i > 0; i -= streams) answers += 1 + (i % 3);
        return answers;
    }

    private static Frame FrameOf(StreamEngine engine, string stream, long receipt, int rows)
    {
        FramePayload payload = engine.Pools.Payloads.Rent();
        payload.BeginSegment(0, isInteger: false);
        for (int i = 0; i < rows * TestStages.Width; i++) payload.Add(1f);
        return new Frame { Stream = engine.Streams.Intern(stream), Kind = FrameKind.Data, Time = double.NaN, Payload = payload, Receipt = receipt };
    }

    /// <summary>Notes each receipt with the emissions that were on their way when it came back.</summary>
    private sealed class Desk : IReceiptTaker
    {
        public ConcurrentQueue<(long Receipt, long Written)> Returned { get; } = new();

        public StreamEngine? Engine { get; set; }

        public void Acknowledge(ReadOnlySpan<long> receipts)
        {
            foreach (long receipt in receipts) Returned.Enqueue((receipt, Engine!.Counters.Emissions));
        }
    }
}
