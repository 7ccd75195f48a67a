using SeqStream.Contracts;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.TestSupport;
using System.Runtime.InteropServices;

namespace SeqStream.Tests.Operators.Streaming;

public sealed class EdgeMaskNodeTests
{
    private const int Frames = 2, Delay = 3;
    private const float Fill = -1, Before = -20, After = -30;

    [Fact]
    public void Each_lane_masks_by_its_own_beginning_and_end()
    {
        using StreamingModel model = StreamingModel.FromPlan(Plan());
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
        Assert.Equal([Fill, Fill, Before, 3, 4, 5, 6, After, Fill, Fill, Fill, Fill, Fill, Fill, Fill, Fill], early);
        Assert.Equal([Fill, Fill, Before, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], late);
    }

    [Fact]
    public void A_saved_stream_keeps_its_clock()
    {
        using StreamingModel model = StreamingModel.FromPlan(Plan());
        using StreamSession session = model.CreateSession(), other = model.CreateSession();
        session.Input<float>(0).Fill(1);
        session.Step();
        session.End(1);
        other.Restore(session.Save());
        other.Input<float>(0).Fill(1);
        other.Step();
        Assert.Equal([Before, 1], other.Output<float>(0).ToArray());
        other.Step();
        Assert.Equal([After, Fill], other.Output<float>(0).ToArray());
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using StreamingModel model = StreamingModel.FromPlan(Plan());
        using StreamSession session = model.CreateSession();
        session.Step();
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int step = 0; step < 100; step++) session.Step();
        }));
    }

    private static void Write(IStepExecutor executor, int lane, int step)
    {
        Span<float> x = MemoryMarshal.Cast<byte, float>(executor.Input(0, lane));
        for (int frame = 0; frame < Frames; frame++) x[frame] = (step * Frames) + frame;
    }

    private static StepPlan Plan()
    {
        StreamClock clock = new();
        Wire input = new("x", ElementType.Float32, new TensorShape(Frames)), output = new("y", ElementType.Float32, new TensorShape(Frames)), fill = new("fill", ConstantTensor.Float32(new TensorShape(), Fill));
        Wire prefix = new("before", ConstantTensor.Float32(new TensorShape(1), Before)), suffix = new("after", ConstantTensor.Float32(new TensorShape(1), After));
        EdgeMaskNode mask = new("edges", clock, input, fill, prefix, suffix, output, axis: 0, Delay, StreamLength.Source);
        return new StepPlan("edges", [input], [new PlanOutput("y", output)], [clock.Steps, clock.Length], [mask, new CountStepsNode(clock)]);
    }
}
