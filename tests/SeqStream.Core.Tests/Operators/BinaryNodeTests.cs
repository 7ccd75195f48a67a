using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

public sealed class BinaryNodeTests
{
    [Fact]
    public void Random_broadcasts_equal_indexing_element_by_element()
    {
        Random random = new(5);
        for (int round = 0; round < 200; round++)
        {
            int[] dimensions = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => random.Next(0, 6))];
            TensorShape left = Narrow(dimensions, random), right = Narrow(dimensions, random);
            Assert.True(Broadcasting.TryCombine(left, right, out TensorShape shape));
            int[] a = [.. Enumerable.Range(0, left.ElementCount).Select(_ => random.Next(-100, 100))], b = [.. Enumerable.Range(0, right.ElementCount).Select(_ => random.Next(-100, 100))];
            int[] stridesA = Broadcasting.Strides(left, shape), stridesB = Broadcasting.Strides(right, shape), strides = shape.Strides();
            int[] expected = new int[shape.ElementCount];
            for (int i = 0; i < expected.Length; i++)
            {
                int atA = 0, atB = 0;
                for (int axis = 0; axis < shape.Rank; axis++)
                {
                    int index = i / strides[axis] % shape[axis];
                    atA += index * stridesA[axis];
                    atB += index * stridesB[axis];
                }
                expected[i] = a[atA] - b[atB];
            }
            foreach (KernelChoice choice in KernelChoice.Available) Assert.Equal(expected, Run(BinaryFunction.Sub, ElementType.Int32, choice.InstructionSet, left, a, right, b, shape));
        }
    }

    [Theory]
    [InlineData(BinaryFunction.Add, int.MaxValue, 1, int.MinValue)]
    [InlineData(BinaryFunction.Mul, 1 << 30, 4, 0)]
    [InlineData(BinaryFunction.Div, -7, 2, -3)]
    [InlineData(BinaryFunction.Div, 7, 0, 0)]
    [InlineData(BinaryFunction.Div, int.MinValue, -1, int.MinValue)]
    [InlineData(BinaryFunction.Mod, -7, 3, 2)]
    [InlineData(BinaryFunction.Mod, 7, -3, -2)]
    [InlineData(BinaryFunction.Mod, int.MinValue, -1, 0)]
    [InlineData(BinaryFunction.Mod, 5, 0, 0)]
    [InlineData(BinaryFunction.FMod, -7, 3, -1)]
    [InlineData(BinaryFunction.FMod, 7, -3, 1)]
    [InlineData(BinaryFunction.Pow, -3, 3, -27)]
    [InlineData(BinaryFunction.Pow, 2, -1, 0)]
    [InlineData(BinaryFunction.Pow, -1, -3, -1)]
    [InlineData(BinaryFunction.Pow, 0, 0, 1)]
    [InlineData(BinaryFunction.BitwiseXor, 6, 3, 5)]
    public void Integers_follow_the_specification_at_their_limits(BinaryFunction function, int a, int b, int expected)
        => Assert.Equal([expected], Run(function, ElementType.Int32, InstructionSet.Scalar, new TensorShape(), [a], new TensorShape(), [b], new TensorShape()));

    [Theory]
    [InlineData(BinaryFunction.Mod, -7.5f, 2f, 0.5f)]
    [InlineData(BinaryFunction.FMod, -7.5f, 2f, -1.5f)]
    [InlineData(BinaryFunction.Max, float.NaN, 1f, float.NaN)]
    [InlineData(BinaryFunction.Min, 1f, float.NaN, float.NaN)]
    [InlineData(BinaryFunction.Div, 1f, 0f, float.PositiveInfinity)]
    [InlineData(BinaryFunction.PRelu, -2f, 0.25f, -0.5f)]
    public void Floats_follow_the_specification_at_their_limits(BinaryFunction function, float a, float b, float expected)
    {
        float[] left = [.. Enumerable.Repeat(a, 19)], right = [.. Enumerable.Repeat(b, 19)], wanted = [.. Enumerable.Repeat(expected, 19)];
        TensorShape shape = new(19);
        foreach (KernelChoice choice in KernelChoice.Available) Assert.Equal(wanted, Run(function, ElementType.Float32, choice.InstructionSet, shape, left, shape, right, shape));
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_refused()
    {
        Wire a = new("a", ElementType.Float32, new TensorShape(3)), b = new("b", ElementType.Float32, new TensorShape(4));
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new BinaryNode("n", BinaryFunction.Add, a, b, new Wire("y", ElementType.Float32, new TensorShape(4))));
        Assert.Contains("[3] and [4] do not both broadcast to [4]", fault.Message, StringComparison.Ordinal);
    }

    private static TensorShape Narrow(int[] dimensions, Random random)
        => new([.. dimensions.Skip(random.Next(dimensions.Length + 1)).Select(dimension => random.Next(3) == 0 ? 1 : dimension)]);

    private static T[] Run<T>(BinaryFunction function, ElementType type, InstructionSet instructions, TensorShape left, T[] a, TensorShape right, T[] b, TensorShape shape) where T : unmanaged
    {
        Wire wireA = new("a", type, left), wireB = new("b", type, right), output = new("y", type, shape);
        StepPlan plan = new("p", [wireA, wireB], [new PlanOutput("y", output)], [], [new BinaryNode("n", function, wireA, wireB, output)]);
        using PlanRun run = new(plan, instructions, 1);
        run.Write(0, [MemoryMarshal.AsBytes<T>(a).ToArray(), MemoryMarshal.AsBytes<T>(b).ToArray()]);
        run.Step(1);
        return MemoryMarshal.Cast<byte, T>(run.Read(0)[0]).ToArray();
    }
}
