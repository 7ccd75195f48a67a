using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

public sealed class UnaryNodeTests
{
    [Theory]
    [InlineData(UnaryFunction.Round, 2.5f, 2f)]
    [InlineData(UnaryFunction.Round, 3.5f, 4f)]
    [InlineData(UnaryFunction.Round, -2.5f, -2f)]
    [InlineData(UnaryFunction.Sign, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Sign, -3f, -1f)]
    [InlineData(UnaryFunction.Relu, float.NaN, float.NaN)]
    [InlineData(UnaryFunction.Relu, -3f, 0f)]
    [InlineData(UnaryFunction.Softplus, 200f, 200f)]
    [InlineData(UnaryFunction.Softplus, -30f, 9.357623e-14f)]
    [InlineData(UnaryFunction.Erf, 0.5f, 0.5204999f)]
    [InlineData(UnaryFunction.Erf, -2f, -0.9953223f)]
    [InlineData(UnaryFunction.Erf, 5f, 1f)]
    [InlineData(UnaryFunction.Log, 1e-40f, -92.1034f)]
    [InlineData(UnaryFunction.Sigmoid, -100f, 0f)]
    [InlineData(UnaryFunction.Gelu, 1f, 0.8413447f)]
    [InlineData(UnaryFunction.Mish, 1f, 0.8650984f)]
    public void Values_follow_the_specification(UnaryFunction function, float x, float expected)
    {
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            float found = Run(function, choice.InstructionSet, [x], 0, 0)[0];
            bool close = found.Equals(expected) || Math.Abs(found - expected) <= (1e-6f * Math.Abs(expected)) + 1e-37f;
            Assert.True(close, $"{choice.InstructionSet}: {found:R}");
        }
    }

    [Theory]
    [InlineData(UnaryFunction.Tanh)]
    [InlineData(UnaryFunction.Gelu)]
    [InlineData(UnaryFunction.LeakyRelu)]
    public void An_elements_bits_do_not_depend_on_its_place(UnaryFunction function)
    {
        Random random = new(7);
        float[] x = [.. Enumerable.Range(0, 50).Select(_ => (random.NextSingle() * 10) - 5)];
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            float[] whole = Run(function, choice.InstructionSet, x, 0.1, 0);
            for (int i = 0; i < x.Length; i++) Assert.Equal(whole[i], Run(function, choice.InstructionSet, [x[i]], 0.1, 0)[0]);
        }
    }

    [Fact]
    public void The_smallest_integers_absolute_value_wraps()
    {
        Wire x = new("x", ElementType.Int32, new TensorShape(1)), y = new("y", ElementType.Int32, new TensorShape(1));
        using PlanRun run = new(new StepPlan("p", [x], [new PlanOutput("y", y)], [], [new UnaryNode("n", UnaryFunction.Abs, x, y)]), InstructionSet.Scalar, 1);
        run.Write(0, [BitConverter.GetBytes(int.MinValue)]);
        run.Step(1);
        Assert.Equal(int.MinValue, BitConverter.ToInt32(run.Read(0)[0]));
    }

    private static float[] Run(UnaryFunction function, InstructionSet instructions, float[] x, double alpha, double beta)
    {
        Wire input = new("x", ElementType.Float32, new TensorShape(x.Length)), output = new("y", ElementType.Float32, new TensorShape(x.Length));
        using PlanRun run = new(new StepPlan("p", [input], [new PlanOutput("y", output)], [], [new UnaryNode("n", function, input, output, alpha, beta)]), instructions, 1);
        run.Write(0, [MemoryMarshal.AsBytes<float>(x).ToArray()]);
        run.Step(1);
        return MemoryMarshal.Cast<byte, float>(run.Read(0)[0]).ToArray();
    }
}
