using SeqStream.Contracts;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.TestSupport;
using System.Runtime.InteropServices;

namespace SeqStream.Tests.Operators.Streaming;

/// <summary>Nodes that remember something of all frames: the latest one, their sum, their number. Each lane has its own clock.</summary>
public sealed class FrameMemoryTests
{
    private const int Frames = 2, Delay = 3;

    [Fact]
    public void The_latest_frame_of_each_lane_stops_at_its_own_end()
    {
        (List<float> early, List<float> late) = TwoLanes(static (clock, input) =>
        {
            Wire output = new("y", ElementType.Float32, new TensorShape(1));
            return new LatestFrameNode("latest", clock, input, output, axis: 0, Delay, StreamLength.Source);
        });
        Assert.Equal([0, 3, 5, 6, 6, 6, 6, 6], early);
        Assert.Equal([0, 3, 5, 7, 9, 11, 13], late);
    }

    [Fact]
    public void A_running_sum_begins_with_each_lanes_own_first_frame()
    {
        (List<float> early, List<float> late) = TwoLanes(static (clock, input) => new RunningSumNode("sum", clock, input, new Wire("y", ElementType.Float32, input.Shape), axis: 0, exclusive: false, Delay));
        Assert.Equal([0, 0, 0, 3, 7, 12, 18, 25], early[..8]);
        Assert.Equal([0, 0, 0, 3, 7, 12, 18, 25], late[..8]);
    }

    [Fact]
    public void An_exclusive_sum_leaves_out_its_own_frame()
        => Assert.Equal([0, 0, 0, 0, 3, 7, 12, 18], TwoLanes(static (clock, input) => new RunningSumNode("sum", clock, input, new Wire("y", ElementType.Float32, input.Shape), axis: 0, exclusive: true, Delay)).Late[..8]);

    [Fact]
    public void Positions_count_each_lanes_own_frames()
    {
        (List<float> early, List<float> late) = TwoLanes(static (clock, _) => new PositionsNode("positions", clock, new Wire("y", ElementType.Float32, new TensorShape(Frames)), first: 1, increment: 0.5));
        Assert.Equal([1, 1.5f, 2, 2.5f, 3, 3.5f], early[..6]);
        Assert.Equal([1, 1.5f, 2, 2.5f, 3, 3.5f], late[..6]);
    }

    [Fact]
    public void Half_precision_is_summed_in_single_precision()
    {
        StreamClock clock = new();
        Wire input = new("x", ElementType.Float16, new TensorShape(1)), output = new("y", ElementType.Float16, new TensorShape(1));
        using StreamingModel model = StreamingModel.FromPlan(Plan(clock, input, new RunningSumNode("sum", clock, input, output, axis: 0, exclusive: false, delay: 0)));
        using StreamSession session = model.CreateSession();
        for (int step = 0; step < 3000; step++)
        {
            session.Input<Half>(0)[0] = Half.One;
            session.Step();
        }
        Assert.Equal((Half)3000, session.Output<Half>(0)[0]);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        StreamClock clock = new();
        Wire input = new("x", ElementType.Float32, new TensorShape(Frames)), sum = new("s", ElementType.Float32, new TensorShape(Frames)), output = new("y", ElementType.Float32, new TensorShape(1));
        StepPlan plan = new("memory", [input], [new PlanOutput("y", output)], [],
            [new RunningSumNode("sum", clock, input, sum, 0, false, Delay), new LatestFrameNode("latest", clock, sum, output, 0, Delay, StreamLength.Source.Times(3).Over(2)), new CountStepsNode(clock)]);
        plan = new StepPlan(plan.Name, plan.Inputs, plan.Outputs, [.. plan.Nodes.SelectMany(static node => node.States).Distinct()], plan.Nodes);
        using StreamingModel model = StreamingModel.FromPlan(plan);
        using StreamSession session = model.CreateSession();
        session.Step();
        session.End(50);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int step = 0; step < 100; step++) session.Step();
        }));
    }

    [Fact]
    public void Shapes_that_do_not_go_together_are_refused()
    {
        StreamClock clock = new();
        Wire x = new("x", ElementType.Float32, new TensorShape(2, Frames)), y = new("y", ElementType.Float32, new TensorShape(2, Frames));
        Assert.Contains("does not give", Assert.Throws<ArgumentException>(() => new LatestFrameNode("latest", clock, x, y, 1, 0, StreamLength.Source)).Message, StringComparison.Ordinal);
        Wire other = new("y", ElementType.Float32, new TensorShape(2, 1));
        Assert.Contains("does not give", Assert.Throws<ArgumentException>(() => new RunningSumNode("sum", clock, x, other, 1, false, 0)).Message, StringComparison.Ordinal);
    }

    /// <summary>Runs frames 0, 1, 2, ... through a node in two lanes, of which the second begins a step later; the first stream has 4 frames.</summary>
    private static (List<float> Early, List<float> Late) TwoLanes(Func<StreamClock, Wire, StepNode> make)
    {
        StreamClock clock = new();
        Wire input = new("x", ElementType.Float32, new TensorShape(Frames));
        using StreamingModel model = StreamingModel.FromPlan(Plan(clock, input, make(clock, input)));
        using IStepExecutor executor = model.CreateExecutor(2, 2);
        int first = executor.Rent(), second = executor.Rent();
        List<float> early = [], late = [];
        for (int step = 0; step < 8; step++)
        {
            if (step == 2) StreamEnd.Announce(executor, first, 4);
            Write(executor, 0, step);
            if (step > 0) Write(executor, 1, step - 1);
            executor.Step(step > 0 ? [first, second] : [first]);
            early.AddRange(MemoryMarshal.Cast<byte, float>(executor.Output(0, 0)));
            if (step > 0) late.AddRange(MemoryMarshal.Cast<byte, float>(executor.Output(0, 1)));
        }
        return (early, late);
    }

    private static void Write(IStepExecutor executor, int lane, int step)
    {
        Span<float> x = MemoryMarshal.Cast<byte, float>(executor.Input(0, lane));
        for (int frame = 0; frame < Frames; frame++) x[frame] = (step * Frames) + frame;
    }

    private static StepPlan Plan(StreamClock clock, Wire input, StepNode node)
    {
        CountStepsNode count = new(clock);
        return new StepPlan("memory", [input], [new PlanOutput("y", node.Outputs[0]!)], [.. node.States.Concat(count.States).Distinct()], [node, count]);
    }
}
