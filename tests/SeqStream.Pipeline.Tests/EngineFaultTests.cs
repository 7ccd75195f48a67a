using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Pipeline.Tests;

/// <summary>A fault in one thread of an engine ends all of them, and the engine is over only when every one has ended: nothing is freed under a thread that still runs.</summary>
public sealed class EngineFaultTests
{
    private const int Threads = 4;
    private const float Faults = -1, Blocks = -2;   // what a frame says to the front end
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30), s_glance = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Threads - 1)]
    public async Task Fault_of_one_shard_ends_the_engine_although_the_others_wait_for_frames(int shard)
    {
        await using StreamEngine engine = new(Faulty(), new EngineOptions { Threads = Threads });
        await engine.WriteAsync(StreamOf(engine, shard), [Faults]);

        Assert.Equal("by order", (await Assert.ThrowsAsync<InvalidDataException>(() => engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken))).Message);
        Assert.Equal("by order", (await Assert.ThrowsAsync<InvalidDataException>(async () => await engine.Emissions.WaitToReadAsync(TestContext.Current.CancellationToken))).Message);
        Assert.False(engine.Frames.TryWrite(default));
    }

    [Fact]
    public async Task Engine_is_over_only_when_its_last_shard_is()
    {
        using ManualResetEventSlim isStepping = new(), release = new();
        StreamEngine engine = new(Faulty(() => Block(isStepping, release)), new EngineOptions { Threads = Threads });
        await engine.WriteAsync(StreamOf(engine, 2), [Blocks]);
        isStepping.Wait(s_patience, TestContext.Current.CancellationToken);
        await engine.WriteAsync(StreamOf(engine, 1), [Faults]);

        await AssertOverOnlyAfter(release, engine);
    }

    /// <summary>The store may be closed as soon as the engine is over.</summary>
    [Fact]
    public async Task Engine_is_over_only_when_its_checkpoints_are()
    {
        using ManualResetEventSlim isCommitting = new(), release = new();
        using ScriptedStore store = new(_ => Block(isCommitting, release));
        EngineOptions options = new() { Threads = Threads, Durability = new DurabilityOptions(store, "r") { Interval = TimeSpan.FromMilliseconds(1) } };
        StreamEngine engine = new(Faulty(), options);
        Task reading = engine.DrainAsync();
        await engine.WriteAsync("a", [1, 2]);
        isCommitting.Wait(s_patience, TestContext.Current.CancellationToken);
        await engine.WriteAsync("b", [Faults]);

        await AssertOverOnlyAfter(release, engine);
        await Assert.ThrowsAsync<InvalidDataException>(() => reading);
    }

    /// <summary>Found by a full disk: the shards had ended of the store's failure before the thread that stores had said so to the end, and what it said it with was gone.</summary>
    [Fact]
    public async Task Failure_to_store_is_what_ends_the_engine_whoever_is_first()
    {
        for (int i = 0; i < 200; i++)
        {
            using ScriptedStore store = new(static _ => throw new CheckpointException("there is no room on the disk"));
            EngineOptions options = new() { Threads = Threads, EmissionCapacity = 1, Durability = new DurabilityOptions(store, "r") { Interval = TimeSpan.FromMilliseconds(1) } };
            await using StreamEngine engine = new(Faulty(), options);
            Task reading = engine.DrainAsync(), writing = WriteWhileItGoesAsync(engine);

            await Assert.ThrowsAsync<CheckpointException>(() => engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken));
            await Assert.ThrowsAsync<CheckpointException>(() => reading.WaitAsync(s_patience, TestContext.Current.CancellationToken));
            await writing.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Streams that have work to go on with are read by the shards' threads at once, while the engine is still being put together.</summary>
    [Fact]
    public async Task Fault_at_the_very_beginning_is_told_as_well()
    {
        for (int i = 0; i < 200; i++)
        {
            using ScriptedStore store = new(static _ => { }) { Busy = ["a", "b", "c", "d"] };
            await using StreamEngine engine = new(Faulty(), new EngineOptions { Threads = Threads, Durability = new DurabilityOptions(store, "r") });

            CheckpointException fault = await Assert.ThrowsAsync<CheckpointException>(() => engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken));
            Assert.Equal("the disk is gone", fault.Message);
        }
    }

    private static StageFactory Faulty(Action? block = null)
    {
        StageFactory stages = TestStages.Create();
        return stages with { CreateFrontEnd = () => new FaultyFrontEnd(stages.CreateFrontEnd(), block ?? (static () => { })) };
    }

    private static string StreamOf(StreamEngine engine, int shard)
        => Enumerable.Range(0, 1000).Select(static i => $"s{i}").First(stream => engine.Streams.StableHashOf(engine.Streams.Intern(stream)) % Threads == shard);

    private static void Block(ManualResetEventSlim hasBegun, ManualResetEventSlim release)
    {
        hasBegun.Set();
        Assert.True(release.Wait(s_patience));
    }

    private static async Task AssertOverOnlyAfter(ManualResetEventSlim release, StreamEngine engine)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => engine.Emissions.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Task disposing = engine.DisposeAsync().AsTask();
        await Task.WhenAny(disposing, engine.Completion, Task.Delay(s_glance, TestContext.Current.CancellationToken));
        bool wasOver = engine.Completion.IsCompleted || disposing.IsCompleted;
        release.Set();
        await disposing.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.False(wasOver);
        Assert.Equal("by order", (await Assert.ThrowsAsync<InvalidDataException>(() => engine.Completion)).Message);
    }

    private static async Task WriteWhileItGoesAsync(StreamEngine engine)
    {
        try
        {
            for (int i = 0; !engine.Completion.IsCompleted; i++) await engine.WriteAsync($"s{i % 10}", [1, 2]);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // As it must be when the engine has ended.
        }
    }

    /// <summary>Throws or waits when a frame says so.</summary>
    private sealed class FaultyFrontEnd(IFrontEnd inner, Action block) : WrappedFrontEnd(inner)
    {
        public override FrameVerdict Accept(FramePayload payload, double time)
        {
            float first = payload.Values(payload.Segment(0))[0];
            if (first == Faults) throw new InvalidDataException("by order");
            if (first == Blocks) block();
            return base.Accept(payload, time);
        }
    }
}
