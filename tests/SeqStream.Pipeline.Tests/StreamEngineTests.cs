using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

public sealed class StreamEngineTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static async Task<List<(string Stream, EmissionKind Kind, long Step, double[] Values)>> Drain(StreamEngine engine)
    {
        List<(string, EmissionKind, long, double[])> seen = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync().WithCancellation(TestContext.Current.CancellationToken))
        {
            double[] values = emission.OutputCount == 0 ? [] : emission.Values(emission.Output(0)).ToArray();
            seen.Add((engine.Streams.Name(emission.Stream), emission.Kind, emission.Step, values));
            engine.Pools.Emissions.Return(emission);
        }
        return seen;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 64)]
    [InlineData(3, 128)]
    [InlineData(16, 128)]
    [InlineData(16, 1)]
    public async Task Every_stream_is_stepped_in_order_whatever_the_threads_and_batches(int threads, int maxBatch)
    {
        const int Streams = 50, Frames = 4000;
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { Threads = threads, MaxBatch = maxBatch, FrameCapacity = 32, EmissionCapacity = 16 });
        Random random = new(5);
        Dictionary<string, List<double[]>> expected = [];
        Dictionary<string, float[]> memory = [];
        Task feeding = Task.Run(async () =>
        {
            for (int i = 0; i < Frames; i++)
            {
                string stream = $"s{random.Next(Streams)}";
                float[] values = [.. Enumerable.Range(0, TestStages.Width * random.Next(1, 4)).Select(_ => random.NextSingle())];
                float[] state = memory.TryGetValue(stream, out float[]? known) ? known : memory[stream] = new float[TestStages.Width];
                for (int at = 0; at < values.Length; at += TestStages.Width)
                {
                    for (int j = 0; j < state.Length; j++) state[j] = (state[j] / 2) + values[at + j];
                    if (!expected.TryGetValue(stream, out List<double[]>? list)) expected[stream] = list = [];
                    list.Add(Array.ConvertAll(state, static value => (double)value));
                }
                await engine.WriteAsync(stream, values);
            }
            engine.Frames.Complete();
        });
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await feeding;
        foreach (var group in seen.GroupBy(static emission => emission.Stream))
        {
            Assert.Equal(Enumerable.Range(0, group.Count()).Select(static i => (long)i), group.Select(static emission => emission.Step));
            Assert.Equal(expected[group.Key], group.Select(static emission => emission.Values));
        }
        Assert.Equal(expected.Values.Sum(static list => list.Count), seen.Count);
        Assert.Equal(seen.Count, engine.Counters.Steps);
    }

    [Fact]
    public async Task End_clears_the_memory_and_is_announced_after_the_last_step()
    {
        await using StreamEngine engine = new(TestStages.Create());
        await engine.WriteAsync("a", [1, 1, 2, 2]);
        await engine.EndAsync("a");
        await engine.WriteAsync("a", [1, 1]);
        await engine.EndAsync("never seen");
        engine.Frames.Complete();
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal([EmissionKind.Outputs, EmissionKind.Outputs, EmissionKind.End, EmissionKind.Outputs], seen.Select(static emission => emission.Kind));
        Assert.Equal([0L, 1L, 2L, 0L], seen.Select(static emission => emission.Step));
        Assert.Equal([1d, 1d], seen[3].Values);
    }

    [Fact]
    public async Task A_refused_frame_leaves_its_stream_and_all_others_as_they_were()
    {
        Faults faults = new();
        await using StreamEngine engine = new(TestStages.Create(), faults: faults);
        await engine.WriteAsync("a", [1, 1]);
        await engine.WriteAsync("a", [float.NaN, 1]);
        await engine.WriteAsync("b", [5, 5]);
        await engine.WriteAsync("a", [1, 1]);
        engine.Frames.Complete();
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal([[1d, 1d], [1.5, 1.5]], seen.Where(static emission => emission.Stream == "a").Select(static emission => emission.Values));
        Assert.Equal("found NaN, expected a number", Assert.Single(faults.Seen).Problem);
        Assert.Equal(1, engine.Counters.Refused);
    }

    [Fact]
    public async Task A_reader_that_is_slow_makes_the_writer_wait_and_loses_nothing()
    {
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { FrameCapacity = 4, EmissionCapacity = 2, MaxBatch = 2 });
        int written = 0;
        Task feeding = Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await engine.WriteAsync("a", [i, i]);
                Interlocked.Increment(ref written);
            }
            engine.Frames.Complete();
        });
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.InRange(Volatile.Read(ref written), 4, 30);
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await feeding;
        Assert.Equal(200, seen.Count);
    }

    [Fact]
    public async Task A_stream_with_a_backlog_does_not_starve_others()
    {
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { MaxBatch = 1, FrameCapacity = 64 });
        await engine.WriteAsync("busy", new float[TestStages.Width * 500]);
        await engine.WriteAsync("quiet", [1, 1]);
        engine.Frames.Complete();
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.InRange(seen.FindIndex(static emission => emission.Stream == "quiet"), 0, 499);
        Assert.Equal(501, seen.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_turn_allocates_nothing_once_warm(bool isLate)
    {
        Channel<Frame> frames = Channel.CreateBounded<Frame>(256);
        Channel<Emission> emissions = Channel.CreateBounded<Emission>(256);
        RoutePools pools = new(new PayloadPool(), new EmissionPool());
        using Shard shard = new(isLate ? LateModel.Stages() : TestStages.Create(), new EngineOptions { MaxBatch = 8 }, frames.Reader, emissions.Writer, pools, new Faults(), CancellationToken.None);
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 64; i++)
            {
                FramePayload payload = pools.Payloads.Rent();
                payload.BeginSegment(0, isInteger: false);
                payload.Add([1, 2]);
                payload.AddEcho("\"id\":7"u8);
                Assert.True(frames.Writer.TryWrite(new Frame { Stream = new StreamId(i % 16), Kind = FrameKind.Data, Payload = payload }));
            }
            bool isKnown = Allocation.TryOf(() =>
            {
                while (shard.Turn())
                {
                }
            }, out long bytes);
            if (isKnown) allocated = bytes;
            while (emissions.Reader.TryRead(out Emission? emission)) pools.Emissions.Return(emission);
        }
        Assert.Equal(0, allocated);
        Assert.Equal(50 * 64 / (isLate ? LateModel.FramesPerStep : 1), shard.Counters.Steps);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_frame_passes_through_reaches_the_emissions_of_its_steps_alone()
    {
        await using StreamEngine engine = new(TestStages.Create());
        foreach (string echo in (string[])["\"id\":1", "", "\"id\":3"])
        {
            FramePayload payload = engine.Pools.Payloads.Rent();
            payload.BeginSegment(0, isInteger: false);
            payload.Add([1, 1, 2, 2]);
            payload.AddEcho(System.Text.Encoding.UTF8.GetBytes(echo));
            await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern("a"), Kind = FrameKind.Data, Payload = payload }, TestContext.Current.CancellationToken);
        }
        engine.Frames.Complete();
        List<string> echoes = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            echoes.Add(System.Text.Encoding.UTF8.GetString(emission.Echo));
            engine.Pools.Emissions.Return(emission);
        }
        Assert.Equal(["\"id\":1", "\"id\":1", "", "", "\"id\":3", "\"id\":3"], echoes);
    }

    [Fact]
    public async Task Answers_that_lag_are_told_with_their_own_frames_and_flushed_at_the_end()
    {
        await using StreamEngine engine = new(LateModel.Stages());
        for (int frame = 0; frame < 5; frame++)
        {
            FramePayload payload = engine.Pools.Payloads.Rent();
            payload.BeginSegment(0, isInteger: false);
            payload.Add([frame, -frame]);
            payload.AddEcho(System.Text.Encoding.UTF8.GetBytes($"\"id\":{frame}"));
            await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern("a"), Kind = FrameKind.Data, Payload = payload, Time = double.NaN }, TestContext.Current.CancellationToken);
        }
        await engine.EndAsync("a", TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        List<string> said = [];
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            said.Add($"{emission.Kind} {emission.Step} {System.Text.Encoding.UTF8.GetString(emission.Echo)} {(emission.OutputCount == 0 ? "" : string.Join(',', emission.Values(emission.Output(0)).ToArray()))}");
            engine.Pools.Emissions.Return(emission);
        }
        Assert.Equal([.. Enumerable.Range(0, 5).Select(static frame => $"Outputs {frame} \"id\":{frame} {frame},{-frame}"), "End 5  "], said);
        Assert.Equal(4, engine.Counters.Steps);
    }

    [Fact]
    public async Task A_reset_forgets_frames_that_wait_and_answers_that_lag()
    {
        await using StreamEngine engine = new(LateModel.Stages());
        await engine.WriteAsync("a", [1, 1, 2, 2, 3, 3], TestContext.Current.CancellationToken);
        await engine.Frames.WriteAsync(new Frame { Stream = engine.Streams.Intern("a"), Kind = FrameKind.Reset }, TestContext.Current.CancellationToken);
        await engine.WriteAsync("a", [4, 4], TestContext.Current.CancellationToken);
        await engine.EndAsync("a", TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal([4d, 4d], Assert.Single(seen, static emission => emission.Kind == EmissionKind.Outputs).Values);
    }

    [Fact]
    public async Task A_shard_that_may_wait_steps_the_streams_of_a_full_batch_together()
    {
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { MaxBatch = 2, MaxWait = TimeSpan.FromMinutes(1) });
        await engine.WriteAsync("a", [1, 1]);
        await engine.WriteAsync("b", [1, 1]);
        engine.Frames.Complete();
        var seen = await Drain(engine).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(2, seen.Count);
        Assert.Equal(1, engine.Counters.Batches);
    }

    [Fact]
    public void Options_out_of_range_are_all_listed_at_once()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new StreamEngine(TestStages.Create(), new EngineOptions { Threads = 0, MaxBatch = -1 }));
        Assert.Contains("Threads is 0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MaxBatch is -1", fault.Message, StringComparison.Ordinal);
    }

    private sealed class Faults : IFaultReporter
    {
        public List<RecordFault> Seen { get; } = [];

        public void Report(in RecordFault fault) => Seen.Add(fault);
    }
}
