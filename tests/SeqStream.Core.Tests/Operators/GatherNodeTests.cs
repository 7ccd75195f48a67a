using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Operators.Indexing;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

public sealed class GatherNodeTests
{
    [Theory]
    [InlineData(1, 20f)]
    [InlineData(-1, 30f)]
    [InlineData(3, 30f)]
    [InlineData(long.MaxValue, 30f)]
    [InlineData(long.MinValue, 10f)]
    public void An_index_outside_takes_the_nearest_row(long index, float expected)
    {
        Wire table = new("t", ConstantTensor.Float32(new TensorShape(3, 1), 10, 20, 30)), indices = new("i", ElementType.Int64, new TensorShape(1)), y = new("y", ElementType.Float32, new TensorShape(1, 1));
        using PlanRun run = new(new StepPlan("p", [indices], [new PlanOutput("y", y)], [], [new GatherNode("n", table, indices, y, 0)]), InstructionSet.Scalar, 1);
        run.Write(0, [BitConverter.GetBytes(index)]);
        run.Step(1);
        Assert.Equal(expected, MemoryMarshal.Read<float>(run.Read(0)[0]));
    }
}
