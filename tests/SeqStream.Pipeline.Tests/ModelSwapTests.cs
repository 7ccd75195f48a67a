using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>The model is changed while streams live; each is compared with streams of one model, computed by hand.</summary>
public sealed class ModelSwapTests
{
    private const float Old = 0.5f, New = 0.25f;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static void Swap(Bench bench, StageFactory next, SwapPolicy policy) => bench.Shard.PrepareSwap(next, policy).Commit();

    private static void Write(Bench bench, int stream, params float[] values)
    {
        foreach (float value in values) bench.Write(stream, value);
    }

    /// <summary>Random frames of one to three steps, some of them waiting while the model is changed: the answers are those of a shard that was never changed.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public void Carry_of_the_same_weights_is_bit_for_bit_no_change(bool isLate, int seed)
    {
        StageFactory Stages() => isLate ? LateModel.Stages() : TestStages.Create();
        EngineOptions options = new() { MaxBatch = 3, FrameCapacity = 32 };
        using Bench swapped = new(Stages(), options), whole = new(Stages(), options);
        Random random = new(seed);
        for (int i = 0; i < 600; i++)
        {
            int stream = random.Next(7), kind = random.Next(40);
            float value = random.NextSingle();
            foreach (Bench bench in (Bench[])[swapped, whole])
            {
                if (kind < 2) bench.Control(stream, kind == 0 ? FrameKind.End : FrameKind.Reset);
                else bench.Write(stream, value, steps: 1 + (kind % 3));
            }
            for (int turns = random.Next(3); turns > 0; turns--) swapped.Shard.Turn();
            if (random.Next(10) == 0) Swap(swapped, Stages(), SwapPolicy.Carry);
        }
        swapped.TurnAll();
        whole.TurnAll();
        Assert.Equal(whole.Said().OrderBy(static line => line[0]), swapped.Said().OrderBy(static line => line[0]));
        Assert.Equal(whole.Shard.Counters.Steps, swapped.Shard.Counters.Steps);
        Assert.Equal(whole.Shard.LiveStreams, swapped.Shard.LiveStreams);
    }

    [Fact]
    public void Carry_goes_on_with_new_weights_from_the_old_memory_inside_a_frame_too()
    {
        using Bench bench = new(TestStages.Create(Old), new EngineOptions());
        bench.Write(0, 8, steps: 3);
        bench.Shard.Turn();
        Swap(bench, TestStages.Create(New), SwapPolicy.Carry);
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 8", "0 Outputs 1 10", "0 Outputs 2 10.5"], bench.Said());
    }

    [Fact]
    public void Drain_ends_sequences_on_the_old_model_and_begins_them_on_the_new()
    {
        using Bench bench = new(TestStages.Create(Old), new EngineOptions());
        Write(bench, 0, 8);
        bench.TurnAll();
        Swap(bench, TestStages.Create(New, "other"), SwapPolicy.Drain);
        Write(bench, 1, 8, 8);
        Write(bench, 0, 8, 8);
        bench.TurnAll();
        Assert.Equal(1, bench.Shard.FormerStreams);
        bench.Control(0, FrameKind.End);
        Write(bench, 0, 8, 8);
        bench.TurnAll();
        Assert.Equal(0, bench.Shard.FormerStreams);
        Assert.Equal(["0 Outputs 0 8", "0 Outputs 1 12", "0 Outputs 2 14", "0 End 3 Ended", "0 Outputs 0 8", "0 Outputs 1 10"], bench.Said().Where(static line => line[0] == '0'));
        Assert.Equal(2, bench.Shard.LiveStreams);
    }

    /// <summary>Streams with no more frames than are kept answer as if they had been the new model's from the beginning; others as from the oldest frame that is kept.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(5)]
    public void Replay_builds_the_memory_anew_from_the_frames_that_are_kept(int kept)
    {
        const int Before = 10, After = 5, Streams = 6;
        using Bench bench = new(TestStages.Create(Old), new EngineOptions { KeptFrames = kept, MaxBatch = 4 });
        for (int i = 0; i < Before + After; i++)
        {
            for (int stream = 0; stream < Streams; stream++) bench.Write(stream, i + stream, steps: 1 + (i % 2));
            if (i < Before) bench.TurnAll();
            if (i == Before) Swap(bench, TestStages.Create(New, "other"), SwapPolicy.Replay);
        }
        bench.TurnAll();
        List<string> expected = [];
        for (int stream = 0; stream < Streams; stream++)
        {
            float of(int from, float keep, int upTo, List<string>? said, ref long step)
            {
                float sum = 0;
                for (int i = from; i < upTo; i++)
                {
                    for (int k = 0; k <= i % 2; k++)
                    {
                        sum = (sum * keep) + i + stream;
                        if (said is null || (keep == New && i < Before)) continue;
                        said.Add($"{stream} Outputs {step++} {sum}");
                    }
                }
                return sum;
            }
            long step = 0;
            of(0, Old, Before, expected, ref step);
            of(Math.Max(0, Before - kept), New, Before + After, expected, ref step);
        }
        Assert.Equal(expected, bench.Said().OrderBy(static line => line[0]));
        Assert.Equal(0, bench.Shard.FormerStreams);
        Assert.Equal(Streams, bench.Shard.LiveStreams);
    }

    [Fact]
    public async Task Live_streams_of_several_threads_change_their_model_and_lose_nothing()
    {
        const int Streams = 20, Frames = 400;
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { Threads = 3, FrameCapacity = 8, EmissionCapacity = 8, MaxBatch = 4 });
        Task feeding = Task.Run(async () =>
        {
            for (int i = 0; i < Frames; i++)
            {
                for (int stream = 0; stream < Streams; stream++) await engine.WriteAsync($"s{stream}", [i, stream]);
            }
        });
        Task swapping = Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++) await engine.SwapAsync(TestStages.Create(), SwapPolicy.Carry);
            await feeding;
            await engine.SwapAsync(TestStages.Create(), SwapPolicy.Carry);
            engine.Frames.Complete();
        });
        Dictionary<string, (long Step, float Sum)> seen = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            string stream = engine.Streams.Name(emission.Stream);
            (long step, float sum) = seen.GetValueOrDefault(stream);
            Assert.Equal(step, emission.Step);
            seen[stream] = (step + 1, (sum / 2) + step);
            Assert.Equal(seen[stream].Sum, emission.Values(emission.Output(0))[0]);
            engine.Pools.Emissions.Return(emission);
        }
        await swapping.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal((Streams, true), (seen.Count, seen.Values.All(static one => one.Step == Frames)));
        Assert.Equal(Streams * Frames, engine.Counters.Steps);
        await engine.SwapAsync(TestStages.Create(), SwapPolicy.Carry).WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(SwapPolicy.Carry)]
    [InlineData(SwapPolicy.Drain)]
    public void Turns_after_a_change_allocate_nothing_once_warm(SwapPolicy policy)
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { MaxBatch = 8 });
        long allocated = -1;
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 64; i++) bench.Write(round < 10 ? i % 8 : i % 16, i);
            if (Allocation.TryOf(bench.TurnAll, out long bytes)) allocated = bytes;
            bench.Discard();
            if (round == 10) Swap(bench, TestStages.Create(New), policy);
        }
        Assert.Equal(0, allocated);
        Assert.Equal(policy == SwapPolicy.Drain ? 16 : 0, bench.Shard.FormerStreams);
    }

    [Fact]
    public async Task Model_that_does_not_fit_is_refused_and_the_old_one_goes_on()
    {
        await using StreamEngine engine = new(TestStages.Create()), late = new(LateModel.Stages());
        StreamTiming other = new() { FramesPerStep = LateModel.FramesPerStep, InputAxes = [2], Outputs = [new AnswerTiming(2, LateModel.FramesPerStep, LateModel.Delay - 1, StreamLength.Source, 0, 1)] };
        await Refused(engine, "State is carried only between models with the same state fields. Use SwapPolicy.Replay or SwapPolicy.Drain.", TestStages.Create(Old, "other"), SwapPolicy.Carry);
        await Refused(engine, "No frames are kept that model 'accumulator' could step again. Set EngineOptions.KeptFrames, or use SwapPolicy.Drain.", TestStages.Create(), SwapPolicy.Replay);
        await Refused(engine, "Change to a model with the same inputs, or begin another route.", LateModel.Stages(), SwapPolicy.Drain);
        await Refused(late, "Model 'late' answers at other times than 'late', so frames that wait would be lost. Use SwapPolicy.Drain.", LateModel.Stages() with { Timing = other }, SwapPolicy.Carry);
        await engine.WriteAsync("a", [1, 1], TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        Assert.Equal(1, (await engine.Emissions.ReadAsync(TestContext.Current.CancellationToken)).Values(new EmissionOutput("y", true, 0, 1))[0]);

        static async Task Refused(StreamEngine engine, string reason, StageFactory next, SwapPolicy policy)
            => Assert.Contains(reason, (await Assert.ThrowsAsync<ArgumentException>(() => engine.SwapAsync(next, policy))).Message, StringComparison.Ordinal);
    }

    /// <summary>What keeps one shard from changing keeps all.</summary>
    [Fact]
    public async Task Shards_change_all_or_none()
    {
        await using StreamEngine engine = new(TestStages.Create(Old), new EngineOptions { Threads = 4, EmissionCapacity = 1024 });
        for (int stream = 0; stream < 16; stream++) await engine.WriteAsync($"s{stream}", [8, 8], TestContext.Current.CancellationToken);
        while (engine.Counters.Steps < 16) await Task.Delay(1, TestContext.Current.CancellationToken);
        StageFactory bad = TestStages.Create(New);
        IOException fault = await Assert.ThrowsAsync<IOException>(() => engine.SwapAsync(bad with { Executors = new Scarce(bad.Executors, most: 3) }, SwapPolicy.Carry).WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal("the device is full", fault.Message);
        for (int stream = 0; stream < 16; stream++) await engine.WriteAsync($"s{stream}", [8, 8], TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        List<double> second = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (emission.Step == 1) second.Add(emission.Values(emission.Output(0))[0]);
        }
        Assert.Equal(Enumerable.Repeat(12.0, 16), second);
    }

    [Fact]
    public async Task Streams_that_are_kept_are_not_changed()
    {
        using Checkpoints.StateDirectory directory = new();
        using Checkpoints.SqliteCheckpointStore store = new(directory.Path);
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { Durability = new DurabilityOptions(store, "r") });
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.SwapAsync(TestStages.Create(), SwapPolicy.Carry));
        Assert.Equal("The streams of route 'r' are kept, and a stored stream fits only the weights it was made with. Stop the route, remove its streams or name another route, and start it with model 'accumulator'.", fault.Message);
    }

    [Fact]
    public void Second_change_waits_for_the_streams_of_the_first()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions());
        Write(bench, 0, 8);
        bench.TurnAll();
        Swap(bench, TestStages.Create(New), SwapPolicy.Drain);
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => Swap(bench, TestStages.Create(), SwapPolicy.Carry));
        Assert.Equal("1 streams of a shard are still on the model before this one. Change the model again when StreamEngine.FormerStreams is 0, or end those streams.", fault.Message);
        bench.Control(0, FrameKind.End);
        bench.TurnAll();
        Swap(bench, TestStages.Create(), SwapPolicy.Carry);
    }

    /// <summary>Executors of a device that has room for some only: one of them is made to compare, the others for shards.</summary>
    private sealed class Scarce(IExecutorFactory inner, int most) : IExecutorFactory
    {
        private int _made;

        public StepSignature Signature => inner.Signature;

        public string Description => inner.Description;

        public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => Interlocked.Increment(ref _made) > most ? throw new IOException("the device is full") : inner.CreateExecutor(maxLanes, expectedStreams);
    }
}
