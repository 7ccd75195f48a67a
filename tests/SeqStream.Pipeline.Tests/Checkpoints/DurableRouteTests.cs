using System.Diagnostics;
using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;
using SeqStream.Pipeline.Tests;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Routes that keep their streams: whatever stops them and whenever, each stream goes on as if nothing had.</summary>
public sealed class DurableRouteTests
{
    private const string Route = "r";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 24));

    /// <summary>The counting model: with a source that repeats what was not acknowledged, no message is lost and none is applied twice, however often the engine breaks off.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_or_applied_twice_when_the_engine_breaks_off_at_any_moment(int seed)
    {
        Random random = new(seed);
        using StateDirectory directory = new();
        ScriptedSource source = new(streams: random.Next(1, 9), messages: random.Next(50, 400), seed);
        CollectingSink sink = new() { Slowness = TimeSpan.FromMilliseconds(random.Next(4)) };
        StageFactory stages = seed % 2 == 0 ? TestStages.Create() : LateModel.Stages();
        for (int life = 0; life < 8; life++)
        {
            int upTo = random.Next(source.Count), delivered = sink.Delivered.Count;
            if (life < 7) sink.OnDelivered = count => { if (count - delivered >= upTo) throw new InvalidDataException("the process breaks off"); };
            else sink.OnDelivered = static _ => { };
            using SqliteCheckpointStore store = new(directory.Path);
            using ScriptedSource.Feed feed = source.Open(random.Next(1, 64), isPrompt: random.Next(3) > 0, isSplit: seed % 3 == 0);
            await Live(store, feed, sink, stages, random, hibernates: random.Next(2) == 0);
        }
        Check(source, sink, seed % 2 == 0 ? 0 : LateModel.Delay);
    }

    /// <summary>Barriers may be reached on any thread, and so in any order: a shard's older checkpoint must never be stored over its newer one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Nothing_is_lost_or_applied_twice_whatever_the_order_in_which_barriers_are_reached(int seed)
    {
        Random random = new(seed);
        using StateDirectory directory = new();
        ScriptedSource source = new(streams: 3, messages: 200, seed);
        CollectingSink sink = new() { Reverses = true };
        for (int life = 0; life < 4; life++)
        {
            int upTo = random.Next(60), delivered = sink.Delivered.Count;
            if (life < 3) sink.OnDelivered = count => { if (count - delivered >= upTo) throw new InvalidDataException("the process breaks off"); };
            else sink.OnDelivered = static _ => { };
            using SqliteCheckpointStore store = new(directory.Path);
            using ScriptedSource.Feed feed = source.Open(window: 30, isPrompt: true);
            await Live(store, feed, sink, TestStages.Create(), random, hibernates: seed % 2 == 0);
        }
        Check(source, sink, 0);
    }

    private static async Task Live(SqliteCheckpointStore store, ScriptedSource.Feed feed, CollectingSink sink, StageFactory stages, Random random, bool hibernates)
    {
        feed.Restore(store.Items(Route).Select(static item => KeyValuePair.Create(item.Key, item.Value!)));
        EngineOptions options = new()
        {
            Threads = random.Next(1, 4),
            MaxBatch = random.Next(1, 9),
            FrameCapacity = random.Next(1, 32),
            EmissionCapacity = random.Next(1, 32),
            Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(random.Next(1, 20)), MostReceipts = random.Next(1, 16), HibernateAfter = hibernates ? TimeSpan.FromTicks(1) : TimeSpan.Zero },
        };
        try
        {
            await new Route(feed, stages, sink, options, new Faults()).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
        catch (InvalidDataException)
        {
            // As the test wants it.
        }
    }

    /// <summary>Every step of every stream was delivered at least once, and each time with the numbers of a stream that was never stopped.</summary>
    private static void Check(ScriptedSource source, CollectingSink sink, int delay)
    {
        foreach (var stream in Enumerable.Range(0, source.Count).GroupBy(message => source.Streams[message]))
        {
            float[] state = new float[TestStages.Width];
            List<double[]> expected = [];
            foreach (int message in stream)
            {
                foreach (float[] values in ScriptedSource.Values(message).Chunk(state.Length))
                {
                    for (int i = 0; i < state.Length; i++) state[i] = delay > 0 ? values[i] : (state[i] / 2) + values[i];
                    expected.Add(Array.ConvertAll(state, static value => (double)value));
                }
            }
            int answered = delay > 0 ? Math.Max(0, (expected.Count / LateModel.FramesPerStep * LateModel.FramesPerStep) - delay) : expected.Count;
            var said = sink.Delivered.Where(emission => emission.Stream == $"s{stream.Key}").ToLookup(static emission => emission.Step);
            for (int step = 0; step < answered; step++)
            {
                Assert.True(said[step].Any(), $"step {step} of stream {stream.Key} was lost");
                foreach (var emission in said[step]) Assert.Equal(expected[step], emission.Values);
            }
            Assert.Equal(answered, said.Count);
        }
    }

    [Fact]
    public async Task Clean_stop_stores_everything_and_the_next_run_repeats_nothing()
    {
        using StateDirectory directory = new();
        ScriptedSource source = new(streams: 5, messages: 300, seed: 3);
        CollectingSink sink = new();
        using CancellationTokenSource stop = new();
        sink.OnDelivered = count => { if (count == 120) stop.Cancel(); };
        for (int run = 0; run < 2; run++)
        {
            using SqliteCheckpointStore store = new(directory.Path);
            using ScriptedSource.Feed feed = source.Open(window: 16, isPrompt: true);
            feed.Restore(store.Items(Route).Select(static item => KeyValuePair.Create(item.Key, item.Value!)));
            EngineOptions options = new() { FrameCapacity = 8, Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(5), MostReceipts = 8 } };
            await new Route(feed, TestStages.Create(), sink, options, new Faults()).RunAsync(run == 0 ? stop.Token : CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
        Check(source, sink, 0);
        Assert.Equal(sink.Delivered.Count, sink.Delivered.DistinctBy(static said => (said.Stream, said.Step)).Count());
    }

    [Fact]
    public async Task Streams_that_end_leave_nothing_in_the_store()
    {
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        await using (StreamEngine engine = new(TestStages.Create(), new EngineOptions { Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(1) } }))
        {
            Task reading = Read(engine);
            await engine.WriteAsync("a", [1, 2]);
            await engine.WriteAsync("b", [1, 2]);
            while (store.Streams(Route).Count < 2) await Task.Delay(5, TestContext.Current.CancellationToken);
            await engine.EndAsync("a");
            engine.Frames.Complete();
            await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            await engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
        Assert.Equal("b"u8.ToArray(), Assert.Single(store.Streams(Route)));
    }

    /// <summary>S1: streams leave memory between any two of their frames; the answers are those of streams that never did.</summary>
    [Fact]
    public async Task Streams_that_sleep_between_frames_wake_bit_for_bit()
    {
        const int Streams = 40, Frames = 25;
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        List<(string Stream, long Step, double[] Values)> woken = [], awake = [];
        ShardCounters counters = default;
        foreach (bool hibernates in (bool[])[true, false])
        {
            DurabilityOptions? durability = hibernates ? new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(1), HibernateAfter = TimeSpan.FromTicks(1) } : null;
            await using StreamEngine engine = new(LateModel.Stages(), new EngineOptions { Durability = durability });
            Task reading = Read(engine, hibernates ? woken : awake);
            for (int frame = 0; frame < Frames; frame++)
            {
                for (int stream = 0; stream < Streams; stream++) await engine.WriteAsync($"s{stream}", [frame, stream]);
                for (Stopwatch watch = Stopwatch.StartNew(); hibernates && engine.Counters.Sleeps < (frame + 1) * Streams && watch.Elapsed < s_patience;) await Task.Delay(1, TestContext.Current.CancellationToken);
            }
            engine.Frames.Complete();
            await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            if (hibernates) counters = engine.Counters;
        }
        Assert.Equal((Frames - 1) * Streams, counters.Wakes);
        Assert.Equal(awake.OrderBy(static said => said.Stream).ThenBy(static said => said.Step), woken.OrderBy(static said => said.Stream).ThenBy(static said => said.Step), static (a, b) => a.Stream == b.Stream && a.Step == b.Step && a.Values.SequenceEqual(b.Values));
        Assert.NotEmpty(awake);
    }

    /// <summary>One frame of many steps is taken; the process breaks off in the middle of them. The next one goes on with no frame at all.</summary>
    [Fact]
    public async Task Work_that_was_left_is_done_without_another_frame()
    {
        const int Steps = 300;
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        List<(string Stream, long Step, double[] Values)> said = [];
        for (int life = 0; life < 2; life++)
        {
            using CancellationTokenSource broken = new();
            await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { EmissionCapacity = 1, Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(1) } });
            Task reading = Task.Run(async () =>
            {
                await foreach (Emission emission in engine.Emissions.ReadAllAsync(broken.Token))
                {
                    if (emission.Kind == EmissionKind.Barrier) emission.Barrier!.Reached();
                    else said.Add((engine.Streams.Name(emission.Stream), emission.Step, emission.OutputCount == 0 ? [] : emission.Values(emission.Output(0)).ToArray()));
                    if (life == 0) await Task.Delay(1, broken.Token);
                }
            });
            if (life == 0)
            {
                await engine.WriteAsync("a", [.. Enumerable.Repeat(1f, Steps * TestStages.Width)]);
                while (store.BusyStreams(Route).Count == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
                await broken.CancelAsync();
                engine.Stop();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
                Assert.InRange(said.Count, 1, Steps - 1);
            }
            else
            {
                engine.Frames.TryComplete();
                await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);
                await engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            }
        }
        Assert.Equal(Enumerable.Range(0, Steps).Select(static step => (long)step), said.Select(static emission => emission.Step).Distinct().Order());
        Assert.Empty(store.BusyStreams(Route));
        Assert.Single(store.Streams(Route));
    }

    [Fact]
    public async Task File_that_is_read_again_is_taken_up_where_each_stream_was()
    {
        using StateDirectory directory = new();
        ScriptedSource source = new(streams: 4, messages: 200, seed: 8);
        CollectingSink sink = new();
        for (int run = 0; run < 4; run++)
        {
            int upTo = sink.Delivered.Count + 50;
            sink.OnDelivered = run == 3 ? static _ => { } : count => { if (count >= upTo) throw new InvalidDataException("the process breaks off"); };
            using SqliteCheckpointStore store = new(directory.Path);
            EngineOptions options = new() { FrameCapacity = 8, EmissionCapacity = 8, Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(2), IsReplayed = true } };
            try
            {
                await new Route(new FileLike(source), TestStages.Create(), sink, options, new Faults()).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
            }
            catch (InvalidDataException)
            {
                // As the test wants it.
            }
        }
        Check(source, sink, 0);
    }

    /// <summary>C7: weights changed under the same name.</summary>
    [Fact]
    public async Task State_of_another_model_ends_the_route_and_stays_in_the_store()
    {
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        await Once(TestStages.Create());
        CheckpointException fault = await Assert.ThrowsAsync<CheckpointException>(() => Once(LateModel.Stages()));
        Assert.Contains("Stream 'a' of route 'r'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("has state layout", fault.Message, StringComparison.Ordinal);
        Assert.Single(store.Streams(Route));

        async Task Once(StageFactory stages)
        {
            await using StreamEngine engine = new(stages, new EngineOptions { Durability = new DurabilityOptions(store, Route) });
            Task reading = Read(engine);
            await engine.WriteAsync("a", [1, 2]);
            engine.Frames.TryComplete();
            await engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            await reading;
        }
    }

    /// <summary>C4: after a failed write nothing is acknowledged any more, and the route ends with the reason.</summary>
    [Fact]
    public async Task Failed_write_ends_the_route_without_acknowledging_anything_more()
    {
        ScriptedSource source = new(streams: 3, messages: 500, seed: 5);
        List<long> stored = [];
        int commits = 0;
        ScriptedStore store = new(checkpoints =>
        {
            if (++commits > 3) throw new CheckpointException("there is no room on the disk");
            foreach (Checkpoint checkpoint in checkpoints) stored.AddRange(checkpoint.Receipts);
        });
        EngineOptions options = new() { Durability = new DurabilityOptions(store, Route) { Interval = TimeSpan.FromMilliseconds(1), MostReceipts = 10 } };
        using ScriptedSource.Feed feed = source.Open(window: 20, isPrompt: true);
        CheckpointException fault = await Assert.ThrowsAsync<CheckpointException>(() => new Route(feed, TestStages.Create(), new CollectingSink(), options, new Faults()).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.Contains("no room", fault.Message, StringComparison.Ordinal);
        Assert.Equal(stored.Order(), Enumerable.Range(0, source.Count).Where(message => source.IsAcknowledged(message)).Select(static message => message + 1L));
    }

    private static Task Read(StreamEngine engine, List<(string, long, double[])>? said = null) => engine.DrainAsync(emission =>
    {
        if (emission.Kind == EmissionKind.Outputs) said?.Add((engine.Streams.Name(emission.Stream), emission.Step, emission.Values(emission.Output(0)).ToArray()));
    });

    private sealed class Faults : IFaultReporter
    {
        public void Report(in RecordFault fault) => throw new InvalidOperationException(fault.Problem);
    }

    /// <summary>Gives all messages at each run, as a file does.</summary>
    private sealed class FileLike(ScriptedSource source) : IFrameFeed
    {
        public string Source => "file";

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            for (int message = 0; message < source.Count; message++)
            {
                FramePayload payload = context.Payloads.Rent();
                payload.BeginSegment(0, isInteger: false);
                payload.Add(ScriptedSource.Values(message));
                await context.Frames.WriteAsync(new Frame { Stream = context.Streams.Intern($"s{source.Streams[message]}"), Time = double.NaN, Position = message + 1, Payload = payload }, cancellation);
            }
        }
    }
}
