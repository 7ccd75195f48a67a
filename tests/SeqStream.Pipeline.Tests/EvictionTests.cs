using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>Streams that end because they were quiet for long, or because others need room.</summary>
public sealed class EvictionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The oracle is a list of streams in the order of their last frames: random frames, one at a time.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 3)]
    public void Longest_quiet_stream_leaves_when_another_needs_room(int room, int seed)
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { MostStreams = room, MaxBatch = 4 });
        Random random = new(seed);
        List<(int Stream, float Sum, long Steps)> expected = [];
        List<string> said = [];
        int evicted = 0;
        for (int i = 0; i < 2000; i++)
        {
            int stream = random.Next(room * 2);
            int at = expected.FindIndex(known => known.Stream == stream);
            (int Stream, float Sum, long Steps) state = at < 0 ? (stream, 0, 0) : expected[at];
            if (at >= 0) expected.RemoveAt(at);
            if (at < 0 && expected.Count == room)
            {
                said.Add($"{expected[0].Stream} End {expected[0].Steps} {EndReason.EvictedCapacity}");
                expected.RemoveAt(0);
                evicted++;
            }
            state = (stream, (state.Sum / 2) + i, state.Steps + 1);
            expected.Add(state);
            said.Add($"{stream} Outputs {state.Steps - 1} {state.Sum}");
            bench.Write(stream, i);
            bench.TurnAll();
            Assert.Equal(expected.Count, bench.Shard.LiveStreams);
        }
        Assert.Equal(said, bench.Said());
        Assert.Equal(evicted, bench.Shard.Counters.EvictedCapacity);
        Assert.InRange(evicted, 100, 2000);
    }

    [Fact]
    public void No_frame_is_lost_and_the_limit_holds_where_all_streams_are_busy()
    {
        const int Room = 3, Streams = 12, Frames = 3000;
        using Bench bench = new(TestStages.Create(), new EngineOptions { MostStreams = Room, MaxBatch = 2, FrameCapacity = 64 });
        Random random = new(4);
        Dictionary<int, List<float>> sent = [];
        for (int i = 0; i < Frames;)
        {
            for (int burst = random.Next(1, 40); burst > 0 && i < Frames; burst--, i++)
            {
                int stream = random.Next(Streams);
                if (!sent.TryGetValue(stream, out List<float>? values)) sent[stream] = values = [];
                values.Add(i);
                bench.Write(stream, i);
            }
            while (bench.Shard.Turn()) Assert.InRange(bench.Shard.LiveStreams, 0, Room);
        }
        Assert.Equal(Frames, bench.Shard.Counters.Steps);
        foreach (var stream in bench.Said().Select(static line => line.Split(' ')).GroupBy(static words => int.Parse(words[0])))
        {
            float sum = 0;
            int at = 0;
            foreach (string[] words in stream)
            {
                if (words[1] == "End") sum = 0;
                else Assert.Equal((sum = (sum / 2) + sent[stream.Key][at++]).ToString(), words[3]);
            }
            Assert.Equal(sent[stream.Key].Count, at);
        }
    }

    [Fact]
    public void Answers_that_lag_come_before_the_end_of_an_evicted_stream()
    {
        using Bench bench = new(LateModel.Stages(), new EngineOptions { MostStreams = 1 });
        for (int i = 0; i < 5; i++) bench.Write(0, i);
        bench.TurnAll();
        bench.Write(1, 9);
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 0", "0 Outputs 1 1", "0 Outputs 2 2", "0 Outputs 3 3", "0 Outputs 4 4", "0 End 5 EvictedCapacity"], bench.Said());
    }

    [Fact]
    public void Quiet_stream_ends_and_its_next_frame_begins_a_sequence()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { IdleAfter = TimeSpan.FromSeconds(1) });
        bench.Shard.Now = 100;
        bench.Write(0, 8);
        bench.TurnAll();
        bench.Shard.Now = 200;
        bench.Write(1, 8);
        bench.TurnAll();
        bench.Shard.EvictIdle(150);
        bench.Write(0, 8);
        bench.Write(1, 8);
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 8", "1 Outputs 0 8", "0 End 1 EvictedIdle", "0 Outputs 0 8", "1 Outputs 1 12"], bench.Said().OrderBy(static line => line.Contains("1 12", StringComparison.Ordinal)));
        Assert.Equal(1, bench.Shard.Counters.EvictedIdle);
    }

    [Fact]
    public async Task Engine_ends_quiet_streams_without_any_frame()
    {
        await using StreamEngine engine = new(TestStages.Create(), new EngineOptions { IdleAfter = TimeSpan.FromMilliseconds(5), Threads = 2 });
        for (int stream = 0; stream < 10; stream++) await engine.WriteAsync($"s{stream}", [1, 1], TestContext.Current.CancellationToken);
        HashSet<string> ended = [];
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        while (ended.Count < 10)
        {
            Emission emission = await engine.Emissions.ReadAsync(patience.Token);
            if (emission is { Kind: EmissionKind.End, Reason: EndReason.EvictedIdle }) ended.Add(engine.Streams.Name(emission.Stream));
        }
        Assert.Equal(10, engine.Counters.EvictedIdle);
    }

    [Fact]
    public void Turns_that_evict_allocate_nothing_once_warm()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { MostStreams = 4, MaxBatch = 8 });
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 64; i++) bench.Write((i * 7) % 16, i);
            if (Allocation.TryOf(bench.TurnAll, out long bytes)) allocated = bytes;
            bench.Discard();
        }
        Assert.Equal(0, allocated);
        Assert.InRange(bench.Shard.Counters.EvictedCapacity, 100, 5000);
    }

    [Fact]
    public void Streams_that_are_kept_cannot_be_evicted()
    {
        EngineOptions options = new() { IdleAfter = TimeSpan.FromSeconds(1), MostStreams = 5, Durability = new DurabilityOptions(null!, "r") };
        ArgumentException fault = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Equal("IdleAfter would end streams that are to be kept. Let them sleep by Durability.HibernateAfter, or leave it out. MostStreams would end streams that are to be kept. Let them sleep by Durability.HibernateAfter, or leave it out.", fault.Message);
    }
}
