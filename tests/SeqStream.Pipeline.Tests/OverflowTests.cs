using SeqStream.Contracts;

namespace SeqStream.Pipeline.Tests;

/// <summary>Frames that come faster than they are stepped.</summary>
public sealed class OverflowTests
{
    private const int Streams = 3, Frames = 2000, Capacity = 16, Control = 400; // every Control-th frame a control follows
    private const int Behind = Frames / 8; // fewer than Control: the first control may wait until somebody reads
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Nobody reads the emissions until all is written, so the shards stand still and most frames are dropped.</summary>
    [Theory]
    [InlineData(OverflowPolicy.DropOldest)]
    [InlineData(OverflowPolicy.DropNewest)]
    public async Task Frames_are_dropped_in_order_and_counted_and_controls_are_not(OverflowPolicy policy)
    {
        Desk desk = new();
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { WhenBehind = policy, FrameCapacity = Capacity, EmissionCapacity = 1, MaxBatch = 2, Receipts = desk });
        HashSet<FramePayload> payloads = [];
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Frames; i++)
            {
                FramePayload payload = engine.Pools.Payloads.Rent();
                payloads.Add(payload);
                payload.BeginSegment(0, isInteger: false);
                for (int k = 0; k < TestStages.Width; k++) payload.Add((float)i);
                await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern($"s{i % Streams}"), Time = double.NaN, Receipt = i + 1, Payload = payload });
                if (i % Control == Control - 1) await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern($"s{i % Streams}"), Kind = FrameKind.Reset, Receipt = Frames + i + 1 });
            }
            engine.Frames.Complete();
        });
        if (policy == OverflowPolicy.DropOldest) await writing.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        else await desk.Until(Behind).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        int steps = 0;
        Dictionary<StreamId, double> newest = [], sums = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            double sum = emission.Values(emission.Output(0))[0], before = emission.Step == 0 ? 0 : sums[emission.Stream];
            double frame = sum - (float)(before / 2);
            sums[emission.Stream] = sum;
            Assert.True(Math.Round(frame) > newest.GetValueOrDefault(emission.Stream, -1), "frames of a stream changed their order");
            newest[emission.Stream] = Math.Round(frame);
            steps++;
            engine.Pools.Emissions.Return(emission);
        }
        await writing.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await engine.Completion;
        Assert.Equal(Frames, steps + engine.Counters.Dropped);
        Assert.InRange(engine.Counters.Dropped, Behind, Frames - 1);
        Assert.Equal(Frames + 5, desk.Returned);
        Assert.Equal(Frames + 5, engine.Counters.Frames + engine.Counters.Dropped);
        Assert.InRange(payloads.Count, 1, Capacity * 6);
        if (policy == OverflowPolicy.DropOldest) Assert.Equal(Frames - 1, newest.Values.Max());
    }

    [Fact]
    public void Dropping_is_refused_where_streams_are_kept()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(new EngineOptions { WhenBehind = OverflowPolicy.DropNewest, Durability = new DurabilityOptions(null!, "r") }.Validate);
        Assert.Equal("WhenBehind is DropNewest, but streams that are kept must lose no frame. Use Wait, or leave Durability out.", fault.Message);
    }

    private sealed class Desk : IReceiptTaker
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _returned;
        private int _target = int.MaxValue;

        public int Returned => Volatile.Read(ref _returned);

        public Task Until(int target)
        {
            Volatile.Write(ref _target, target);
            if (Returned >= target) _reached.TrySetResult();
            return _reached.Task;
        }

        public void Acknowledge(ReadOnlySpan<long> receipts)
        {
            if (Interlocked.Add(ref _returned, receipts.Length) >= Volatile.Read(ref _target)) _reached.TrySetResult();
        }
    }
}
