using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Tests.Execution;

/// <summary>A model that answers its frames of two numbers three frames late, and one frame of 99 after the last; two frames make a step.</summary>
public sealed class FrameExecutorTests
{
    private const int Channels = 2, FramesPerStep = 2, Delay = 3, End = 99;

    private static StepPlan Plan()
    {
        TensorShape shape = new(1, Channels, FramesPerStep);
        Wire x = new("x", ElementType.Float32, shape), late = new("late", ElementType.Float32, shape), y = new("y", ElementType.Float32, shape);
        StreamClock clock = new();
        DelayNode delay = new("delay", x, late, axis: 2, wait: Delay, overlap: 0, fill: null);
        EdgeMaskNode mask = new("mask", clock, late, new Wire("fill", ConstantTensor.Float32(new TensorShape(), End)), null, null, y, axis: 2, Delay, StreamLength.Source);
        return new StepPlan("late", [x], [new PlanOutput("y", y)], [delay.Past, clock.Steps, clock.Length], [delay, mask, new CountStepsNode(clock)]);
    }

    private static StreamTiming Timing(long shortest = 1) => new()
    {
        FramesPerStep = FramesPerStep,
        InputAxes = [2],
        Outputs = [new AnswerTiming(2, FramesPerStep, Delay, new StreamLength(1, 1), 0, 1)],
        ShortestStream = shortest,
    };

    private static FrameExecutor Create(int lanes = 1, long shortest = 1) => new(NativeProgram.Bind(Plan()).CreateExecutor(lanes, lanes), Timing(shortest), lanes);

    /// <summary>Gives a frame; answers are added to the list.</summary>
    private static void Give(FrameExecutor executor, int slot, float number, List<float> answers)
    {
        Span<float> x = MemoryMarshal.Cast<byte, float>(executor.Input(0, 0));
        (x[0], x[1]) = (number, -number);
        if (executor.Take(slot, 0)) Step(executor, slot, answers);
        Flush(executor, slot, answers);
    }

    private static void Flush(FrameExecutor executor, int slot, List<float> answers)
    {
        while (executor.TryFill(slot, 0)) Step(executor, slot, answers);
    }

    private static void Step(FrameExecutor executor, int slot, List<float> answers)
    {
        executor.Step([slot]);
        FrameAnswers said = executor.Answers(0, 0);
        for (int at = 0; at < said.Count; at++)
        {
            executor.Show(0, said.At + at);
            ReadOnlySpan<float> y = MemoryMarshal.Cast<byte, float>(executor.Output(0, 0));
            Assert.Equal(answers.Count, said.First + at);
            Assert.Equal(y[0] == End ? End : -y[0], y[1]);
            answers.Add(y[0]);
        }
    }

    [Fact]
    public void A_frame_has_one_frame_of_the_step_and_the_state_what_waits()
    {
        using FrameExecutor executor = Create();
        Assert.Equal("x float32 [1, 2, 1]", executor.Signature.Inputs[0].ToString());
        Assert.Equal(Channels, executor.Signature.Outputs[0].ElementCount);
        Assert.Equal(["delay", "stream.steps", "stream.length", "frames.counts", "frames.waiting.x"], executor.Signature.Layout.Fields.Select(static field => field.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void Answers_are_the_frames_in_order_and_no_more(int frames)
    {
        using FrameExecutor executor = Create();
        int slot = executor.Rent();
        List<float> answers = [];
        for (int frame = 1; frame <= frames; frame++) Give(executor, slot, frame, answers);
        Assert.True(executor.End(slot));
        Flush(executor, slot, answers);
        Assert.Equal([.. Enumerable.Range(1, frames).Select(static frame => (float)frame), End], answers);
    }

    [Fact]
    public void Stream_shorter_than_the_shortest_has_no_answer_though_steps_could_give_one()
    {
        using FrameExecutor executor = Create(shortest: 7);
        int slot = executor.Rent();
        List<float> answers = [];
        for (int frame = 1; frame <= 6; frame++) Give(executor, slot, frame, answers);
        Assert.False(executor.End(slot));
        Flush(executor, slot, answers);
        Assert.Empty(answers);
        executor.Reset(slot);
        for (int frame = 1; frame <= 7; frame++) Give(executor, slot, frame, answers);
        Assert.NotEmpty(answers);
        Assert.True(executor.End(slot));
        Flush(executor, slot, answers);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, End], answers);
    }

    [Fact]
    public void Stream_that_moves_at_any_frame_goes_on_as_if_it_had_not()
    {
        using FrameExecutor here = Create(), there = Create();
        int unrelated = there.Rent();
        for (int moveAt = 0; moveAt <= 8; moveAt++)
        {
            int slot = here.Rent(), other = there.Rent();
            List<float> answers = [];
            for (int frame = 1; frame <= moveAt; frame++) Give(here, slot, frame, answers);
            byte[] snapshot = new byte[StateSnapshot.ByteCount(here.Signature.Layout)];
            here.Save(slot, StateSnapshot.RowOf(snapshot, here.Signature.Layout));
            StateSnapshot.Seal(snapshot, here.Signature.Layout, here.Signature.ModelId, steps: 0);
            there.Restore(other, StateSnapshot.Open(snapshot, there.Signature.Layout, there.Signature.ModelId, "late", out _));
            for (int frame = moveAt + 1; frame <= 9; frame++) Give(there, other, frame, answers);
            there.End(other);
            Flush(there, other, answers);
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, End], answers);
            here.Return(slot);
            there.Return(other);
        }
        Assert.Equal(1, there.LiveStreams);
        there.Return(unrelated);
    }

    [Fact]
    public void Frames_cost_no_allocation()
    {
        using FrameExecutor executor = Create();
        int slot = executor.Rent();
        List<float> answers = new(4096);
        for (int frame = 0; frame < 100; frame++) Give(executor, slot, 1, answers);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int frame = 0; frame < 100; frame++)
            {
                MemoryMarshal.Cast<byte, float>(executor.Input(0, 0)).Fill(frame);
                if (!executor.Take(slot, 0)) continue;
                executor.Step([slot]);
                executor.Show(0, executor.Answers(0, 0).At);
                _ = executor.Output(0, 0);
            }
            executor.End(slot);
        }));
    }

    [Fact]
    public void Output_that_ends_before_its_end_is_known_is_refused()
    {
        StreamTiming timing = Timing() with { Outputs = [new AnswerTiming(2, FramesPerStep, 1, new StreamLength(-2, 1), 0, 1)] };
        using IStepExecutor steps = NativeProgram.Bind(Plan()).CreateExecutor(1, 1);
        Assert.Contains("Hold it back for longer", Assert.Throws<ArgumentException>(() => new FrameExecutor(steps, timing)).Message, StringComparison.Ordinal);
    }
}
