using SeqStream.Kernels;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Normalization;
using SeqStream.Plan;
using SeqStream.Tests.Operators;

namespace SeqStream.Tests.Plan;

public sealed class WireTests
{
    [Fact]
    public void A_view_is_read_and_answered_without_a_copy_of_its_own()
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(2, 3)), y = new("y", ElementType.Float32, new TensorShape(6));
        Wire flat = new("flat", x, new TensorShape(6)), square = new("square", new Wire("row", y, new TensorShape(1, 6)), new TensorShape(3, 2));
        StepPlan plan = new("p", [x], [new PlanOutput("square", square), new PlanOutput("x again", flat)], [], [new UnaryNode("n", UnaryFunction.Neg, flat, y)]);
        Assert.Equal([x, y], plan.Wires);
        Assert.Same(y, square.Root);
        using PlanRun run = new(plan, InstructionSet.Scalar, 2);
        byte[] one = [.. Enumerable.Range(0, 6).SelectMany(static i => BitConverter.GetBytes((float)i))];
        run.Write(1, [one]);
        run.Step(2);
        Assert.Equal(-5f, BitConverter.ToSingle(run.Read(1)[0], 5 * sizeof(float)));
        Assert.Equal(one, run.Read(1)[1]);
    }

    [Fact]
    public void Plans_that_differ_in_a_views_shape_alone_have_different_ids()
    {
        static ulong Id(TensorShape shape)
        {
            Wire x = new("x", ElementType.Float32, new TensorShape(6)), y = new("y", ElementType.Float32, shape);
            SoftmaxNode node = new("n", false, new Wire("v", x, shape), y, 1, 2);
            return new StepPlan("p", [x], [new PlanOutput("y", new Wire("flat", y, new TensorShape(6)))], [], [node]).Id;
        }
        Assert.NotEqual(Id(new TensorShape(2, 3)), Id(new TensorShape(3, 2)));
    }

    [Fact]
    public void A_view_of_a_constant_is_a_constant()
    {
        Wire view = new("v", new Wire("c", ConstantTensor.Float32(new TensorShape(4), 1, 2, 3, 4)), new TensorShape(2, 2));
        Assert.Equal(new TensorShape(2, 2), view.Constant!.Shape);
        Assert.Same(view, view.Root);
    }

    [Fact]
    public void A_view_with_another_number_of_elements_is_refused()
        => Assert.Throws<ArgumentException>(() => new Wire("v", new Wire("x", ElementType.Float32, new TensorShape(4)), new TensorShape(5)));
}
