using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators.Streaming;

public sealed class DelayNodeTests
{
    private const int Rows = 2, Steps = 12;
    private const float Fill = 7;

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 3, 1)]
    [InlineData(1, 2, 4)]
    [InlineData(5, 1, 2)]
    [InlineData(2, 7, 3)]
    [InlineData(6, 6, 6)]
    public void Frames_come_back_late_and_with_earlier_ones_in_front(int wait, int overlap, int frames)
    {
        Wire input = new("x", ElementType.Float32, new TensorShape(Rows, frames)), output = new("y", ElementType.Float32, new TensorShape(Rows, frames + overlap));
        DelayNode node = new("hold", input, output, axis: 1, wait, overlap, ConstantTensor.Float32(new TensorShape(), Fill));
        using StreamSession session = StreamingModel.FromPlan(new StepPlan("delay", [input], [new PlanOutput("y", output)], [node.Past], [node])).CreateSession();
        for (int step = 0; step < Steps; step++)
        {
            Span<float> x = session.Input<float>(0);
            for (int element = 0; element < x.Length; element++) x[element] = Number(element / frames, (step * frames) + (element % frames));
            session.Step();
            ReadOnlySpan<float> y = session.Output<float>(0);
            for (int element = 0; element < y.Length; element++)
            {
                int frame = (step * frames) + (element % (frames + overlap)) - wait - overlap;
                Assert.Equal(frame < 0 ? Fill : Number(element / (frames + overlap), frame), y[element]);
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_go_together_are_refused()
    {
        Wire input = new("x", ElementType.Float32, new TensorShape(Rows, 3)), output = new("y", ElementType.Float32, new TensorShape(Rows, 4));
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new DelayNode("hold", input, output, axis: 1, wait: 1, overlap: 0, fill: null));
        Assert.Contains("hold", fault.Message, StringComparison.Ordinal);
    }

    private static float Number(int row, int frame) => (row * 1000) + frame;
}
