using SeqStream.Kernels;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

public sealed class CastNodeTests
{
    [Theory]
    [InlineData(2.9f, 2)]
    [InlineData(-2.9f, -2)]
    [InlineData(1e20f, int.MaxValue)]
    [InlineData(float.NaN, 0)]
    public void Floats_truncate_and_saturate(float x, int expected)
        => Assert.Equal(expected, BitConverter.ToInt32(Cast(ElementType.Float32, BitConverter.GetBytes(x), ElementType.Int32)));

    [Fact]
    public void Integers_wrap()
        => Assert.Equal(unchecked((sbyte)300), (sbyte)Cast(ElementType.Int32, BitConverter.GetBytes(300), ElementType.Int8)[0]);

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(0.25f, 1)]
    public void Anything_but_zero_is_true(float x, byte expected) => Assert.Equal(expected, Cast(ElementType.Float32, BitConverter.GetBytes(x), ElementType.Bool)[0]);

    private static byte[] Cast(ElementType from, byte[] value, ElementType to)
    {
        Wire x = new("x", from, new TensorShape()), y = new("y", to, new TensorShape());
        using PlanRun run = new(new StepPlan("p", [x], [new PlanOutput("y", y)], [], [new CastNode("n", x, y)]), InstructionSet.Scalar, 1);
        run.Write(0, [value]);
        run.Step(1);
        return run.Read(0)[0];
    }
}
