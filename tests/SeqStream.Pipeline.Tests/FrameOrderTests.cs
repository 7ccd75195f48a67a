using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>Frames that their producers count: repeated, early, late and missing ones.</summary>
public sealed class FrameOrderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The oracle is the same frames, each once, in order.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(4, 0.05)]
    [InlineData(32, 0.1)]
    public void Frames_out_of_order_are_answered_as_in_order(int window, double lost)
    {
        const int Streams = 5, Frames = 600;
        Random random = new(window);
        using Bench bench = new(TestStages.Create(), new EngineOptions { Order = new FrameOrderOptions { Window = window, MostHeld = 1000 }, MaxBatch = 3, FrameCapacity = 16 });
        List<string> expected = [];
        List<(int Stream, int Seq)>[] sent = [.. Enumerable.Range(0, Streams).Select(stream => Disorder(random, stream, Frames, window, lost))];
        int missing = sent.Sum(list => list.Max(static one => one.Seq) + 1 - list.Select(static one => one.Seq).Distinct().Count());
        for (int at = 0; sent.Any(list => at < list.Count); at++)
        {
            foreach (var list in sent)
            {
                if (at < list.Count) bench.Write(list[at].Stream, list[at].Seq, new Frame { Seq = list[at].Seq, Time = double.NaN });
            }
            if (random.Next(4) == 0) bench.TurnAll();
        }
        for (int stream = 0; stream < Streams; stream++) bench.Control(stream, FrameKind.End);
        bench.TurnAll();
        for (int stream = 0; stream < Streams; stream++)
        {
            float sum = 0;
            long step = 0;
            foreach (int seq in sent[stream].Select(static one => one.Seq).Distinct().Order()) expected.Add($"{stream} Outputs {step++} {sum = (sum / 2) + seq}");
            expected.Add($"{stream} End {step} Ended");
        }
        Assert.Equal(expected, bench.Said().OrderBy(static line => line[0]));
        Assert.Equal(sent.Sum(static list => list.Count - list.Distinct().Count()), bench.Shard.Counters.Duplicates);
        Assert.Equal(missing, bench.Shard.Counters.Missing);
        Assert.Equal(0, bench.Shard.Counters.Late);
    }

    /// <summary>Each frame at most half a window away from its place; one in eight twice.</summary>
    private static List<(int Stream, int Seq)> Disorder(Random random, int stream, int count, int window, double lost)
    {
        List<(double At, int Seq)> frames = [];
        for (int seq = 0; seq < count; seq++)
        {
            if (seq > 0 && random.NextDouble() < lost) continue;
            frames.Add((seq + (random.NextDouble() * window / 2), seq));
            if (random.Next(8) == 0) frames.Add((seq + (random.NextDouble() * window / 2), seq));
        }
        return [.. frames.OrderBy(static frame => frame.At).Select(frame => (stream, frame.Seq))];
    }

    [Theory]
    [InlineData(LatePolicy.Drop, "1 2 5 6")]
    [InlineData(LatePolicy.Accept, "1 2 5 3 4 6")]
    public void Late_frames_go_as_the_policy_says_and_repetitions_never_do(LatePolicy late, string taken)
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { Order = new FrameOrderOptions { Late = late } });
        foreach (int seq in (int[])[1, 2, 2, 5, 3, 3, 4, 1, 6, 5]) bench.Write(0, seq, new Frame { Seq = seq });
        bench.TurnAll();
        float sum = 0;
        Assert.Equal(taken.Split(' ').Select((seq, step) => $"0 Outputs {step} {sum = (sum / 2) + int.Parse(seq)}"), bench.Said());
        Assert.Equal((4, 2, 2), (bench.Shard.Counters.Duplicates, bench.Shard.Counters.Missing, bench.Shard.Counters.Late));
    }

    [Fact]
    public void Full_window_gives_up_what_is_missing_and_an_end_lets_go_the_rest()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { Order = new FrameOrderOptions { Window = 2 } });
        foreach (int seq in (int[])[0, 2, 3]) bench.Write(0, 1, new Frame { Seq = seq });
        bench.TurnAll();
        Assert.Single(bench.Said());
        bench.Write(0, 1, new Frame { Seq = 5 });
        bench.TurnAll();
        Assert.Equal(2, bench.Said().Count);
        Assert.Equal(1, bench.Shard.Counters.Missing);
        bench.Control(0, FrameKind.End);
        bench.Write(0, 1, new Frame { Seq = 0 });
        bench.TurnAll();
        Assert.Equal(["0 Outputs 3 1.875", "0 End 4 Ended", "0 Outputs 0 1"], bench.Said());
        Assert.Equal(2, bench.Shard.Counters.Missing);
    }

    /// <summary>A shard holds no more than it may: the source would send nothing more.</summary>
    [Fact]
    public void Frames_beyond_what_a_shard_may_hold_are_let_go()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { Order = new FrameOrderOptions { Window = 100, MostHeld = 5 } });
        for (int stream = 0; stream < 20; stream++)
        {
            foreach (int seq in (int[])[0, 2]) bench.Write(stream, 1, new Frame { Seq = seq });
        }
        bench.TurnAll();
        Assert.Equal(20 + 15, bench.Said().Count);
    }

    [Fact]
    public void Putting_frames_in_order_allocates_nothing_once_warm()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { Order = new FrameOrderOptions { Window = 8 } });
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            foreach (int seq in (int[])[3, 1, 0, 2, 2])
            {
                for (int stream = 0; stream < 8; stream++) bench.Write(stream, seq, new Frame { Seq = (round * 4) + seq });
            }
            if (Allocation.TryOf(bench.TurnAll, out long bytes)) allocated = bytes;
            bench.Discard();
        }
        Assert.Equal(0, allocated);
        Assert.Equal(50 * 4 * 8, bench.Shard.Counters.Steps);
    }

    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 12));

    /// <summary>A producer that repeats everything after every restart, each time in another order, to a route that breaks off at any moment.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Repetitions_after_a_restart_are_recognised(int seed)
    {
        const int Streams = 4, Frames = 200;
        Random random = new(seed);
        using StateDirectory directory = new();
        CollectingSink sink = new();
        for (int life = 0; life < 5; life++)
        {
            int upTo = sink.Delivered.Count + random.Next(300);
            sink.OnDelivered = life == 4 ? static _ => { } : count => { if (count >= upTo) throw new InvalidDataException("the process breaks off"); };
            using SqliteCheckpointStore store = new(directory.Path);
            EngineOptions options = new()
            {
                Threads = random.Next(1, 3),
                FrameCapacity = 8,
                EmissionCapacity = 8,
                Order = new FrameOrderOptions { Window = 8 },
                Durability = new DurabilityOptions(store, "r") { Interval = TimeSpan.FromMilliseconds(1), HibernateAfter = seed % 2 == 0 ? TimeSpan.FromTicks(1) : TimeSpan.Zero },
            };
            try
            {
                await new Route(new Producer(random.Next(), Streams, Frames), TestStages.Create(), sink, options, new Bench.FaultList()).RunAsync(CancellationToken.None).WaitAsync(s_patience, TestContext.Current.CancellationToken);
            }
            catch (InvalidDataException)
            {
                // As the test wants it.
            }
        }
        foreach (var stream in sink.Delivered.GroupBy(static said => said.Stream))
        {
            float sum = 0;
            var byStep = stream.ToLookup(static said => said.Step);
            for (int seq = 0; seq < Frames; seq++)
            {
                sum = (sum / 2) + seq;
                Assert.NotEmpty(byStep[seq]);
                Assert.All(byStep[seq], said => Assert.Equal(sum, said.Values[0]));
            }
            Assert.Equal(Frames, byStep.Count);
        }
        Assert.Equal(Streams, sink.Delivered.DistinctBy(static said => said.Stream).Count());
    }

    private sealed class Producer(int seed, int streams, int frames) : IFrameFeed
    {
        public string Source => "producer";

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            Random random = new(seed);
            List<(int Stream, int Seq)>[] sent = [.. Enumerable.Range(0, streams).Select(stream => Disorder(random, stream, frames, 8, 0))];
            for (int at = 0; sent.Any(list => at < list.Count); at++)
            {
                foreach (var list in sent.Where(list => at < list.Count))
                {
                    FramePayload payload = context.Payloads.Rent();
                    payload.BeginSegment(0, isInteger: false);
                    for (int i = 0; i < TestStages.Width; i++) payload.Add((float)list[at].Seq);
                    await context.Frames.WriteAsync(new Frame { Stream = context.Streams.Intern($"s{list[at].Stream}"), Seq = list[at].Seq, Time = double.NaN, Payload = payload }, cancellation);
                }
            }
        }
    }
}
