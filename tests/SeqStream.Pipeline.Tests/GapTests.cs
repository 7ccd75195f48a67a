using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>Frames that are missing, by the step clock or the producer's counters.</summary>
public sealed class GapTests
{
    private static EngineOptions Options(GapPolicy policy, int mostFilled = 256) => new() { Gaps = new GapOptions { Clock = TimeSpan.FromSeconds(0.25), Policy = policy, MostFilled = mostFilled } };

    private static void Write(Bench bench, params (double Time, float Value)[] frames)
    {
        foreach ((double time, float value) in frames) bench.Write(0, value, new Frame { Time = time });
        bench.TurnAll();
    }

    [Theory]
    [InlineData(GapPolicy.Keep, "0 Outputs 0 8;0 Outputs 1 12;0 Outputs 2 14;0 Outputs 3 15", 1, 0)]
    [InlineData(GapPolicy.Reset, "0 Outputs 0 8;0 Outputs 1 12;0 Outputs 0 8;0 Outputs 1 12", 1, 0)]
    [InlineData(GapPolicy.Fill, "0 Outputs 0 8;0 Outputs 1 12;0 Outputs 2 14;0 Outputs 3 15;0 Outputs 4 15.5;0 Outputs 5 15.75", 1, 2)]
    public void Gap_in_time_is_counted_and_answered_as_the_policy_says(GapPolicy policy, string said, long gaps, long filled)
    {
        using Bench bench = new(TestStages.Create(), Options(policy));
        Write(bench, (1, 8), (1.3, 8), (2.05, 8), (2.3, 8));
        Assert.Equal(said.Split(';'), bench.Said());
        Assert.Equal((gaps, filled), (bench.Shard.Counters.Gaps, bench.Shard.Counters.Filled));
    }

    /// <summary>The oracle is a stream without gaps whose missing frames were sent as copies of those before them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Filled_stream_is_the_stream_whose_frames_were_repeated(bool isLate)
    {
        StageFactory stages = isLate ? LateModel.Stages() : TestStages.Create();
        using Bench filled = new(stages, Options(GapPolicy.Fill)), whole = new(stages, Options(GapPolicy.Fill));
        Random random = new(6);
        float last = 1;
        for (int at = 0; at < 500; at++)
        {
            bool isMissing = at > 0 && random.Next(4) == 0 && at < 499;
            if (!isMissing) last = at;
            for (int stream = 0; stream < 3; stream++)
            {
                whole.Write(stream, last, new Frame { Time = at * 0.25 });
                if (!isMissing) filled.Write(stream, last, new Frame { Time = at * 0.25 });
            }
            if (random.Next(3) == 0) filled.TurnAll();
        }
        filled.TurnAll();
        whole.TurnAll();
        Assert.Equal(whole.Said().Order(), filled.Said().Order());
        Assert.InRange(filled.Shard.Counters.Gaps, 3 * 50, 3 * 125);
        Assert.Equal(0, whole.Shard.Counters.Gaps);
        Assert.Equal(whole.Shard.Counters.Frames, filled.Shard.Counters.Frames + filled.Shard.Counters.Filled);
    }

    [Fact]
    public void Fill_stops_at_its_limit()
    {
        using Bench bench = new(TestStages.Create(), Options(GapPolicy.Fill, mostFilled: 3));
        Write(bench, (0, 8), (1e6, 8), (1e6 + 0.25, 8));
        Assert.Equal((1, 3, 6), (bench.Shard.Counters.Gaps, bench.Shard.Counters.Filled, bench.Said().Count));
    }

    [Fact]
    public void Counters_left_out_are_a_gap_too()
    {
        using Bench bench = new(TestStages.Create(), new EngineOptions { Gaps = new GapOptions { Policy = GapPolicy.Reset } });
        foreach (int seq in (int[])[4, 5, 9, 10]) bench.Write(0, 8, new Frame { Seq = seq, Time = double.NaN });
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 8", "0 Outputs 1 12", "0 Outputs 0 8", "0 Outputs 1 12"], bench.Said());
        Assert.Equal((1, 3), (bench.Shard.Counters.Gaps, bench.Shard.Counters.Missing));
    }

    [Fact]
    public void Times_that_are_unknown_or_go_back_and_new_sequences_are_no_gap()
    {
        using Bench bench = new(TestStages.Create(), Options(GapPolicy.Reset));
        Write(bench, (5, 8), (double.NaN, 8), (5.3, 8), (2, 8), (5.6, 8));
        bench.Control(0, FrameKind.End);
        Write(bench, (90, 8));
        Assert.Equal(0, bench.Shard.Counters.Gaps);
        Assert.Equal(7, bench.Said().Count);
    }

    [Fact]
    public void Frame_without_a_time_hides_no_gap()
    {
        using Bench bench = new(TestStages.Create(), Options(GapPolicy.Keep));
        Write(bench, (5, 8), (double.NaN, 8), (9, 8));
        Assert.Equal(1, bench.Shard.Counters.Gaps);
    }

    [Fact]
    public void Receipt_of_the_frame_behind_a_gap_comes_back_after_its_answer()
    {
        Desk desk = new();
        using Bench bench = new(TestStages.Create(), Options(GapPolicy.Fill) with { Receipts = desk });
        bench.Write(0, 1, new Frame { Time = 0, Receipt = 1 });
        bench.Write(0, 1, new Frame { Time = 1, Receipt = 2 });
        while (bench.Shard.Turn()) Assert.True(desk.Returned < 2 || bench.Shard.Counters.Steps == 5);
        Assert.Equal((2, 5), (desk.Returned, bench.Shard.Counters.Steps));
    }

    [Fact]
    public void Filling_gaps_allocates_nothing_once_warm()
    {
        using Bench bench = new(TestStages.Create(), Options(GapPolicy.Fill));
        long allocated = -1;
        for (int round = 0; round < 50; round++)
        {
            for (int stream = 0; stream < 8; stream++) bench.Write(stream, round, new Frame { Time = round });
            if (Allocation.TryOf(bench.TurnAll, out long bytes)) allocated = bytes;
            bench.Discard();
        }
        Assert.Equal(0, allocated);
        Assert.Equal(49 * 8 * 3, bench.Shard.Counters.Filled);
    }

    [Fact]
    public void Filling_is_refused_where_streams_are_kept()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>((Options(GapPolicy.Fill) with { Durability = new DurabilityOptions(null!, "r") }).Validate);
        Assert.Equal("Gaps.Policy is Fill, but the last frame of a stream is not kept with it. Use Keep or Reset, or leave Durability out.", fault.Message);
    }

    private sealed class Desk : IReceiptTaker
    {
        public int Returned { get; private set; }

        public void Acknowledge(ReadOnlySpan<long> receipts) => Returned += receipts.Length;
    }
}
