using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Writing;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Writing;

public sealed class NodeWritersTests
{
    [Fact]
    public void Every_node_of_the_core_has_a_writer()
    {
        IEnumerable<string> nodes = typeof(StepNode).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(StepNode)) && !type.IsAbstract).Select(static type => type.Name);

        Assert.Equal(nodes.Order(), NodeWriters.Known.Select(static type => type.Name).Order());
    }

    [Fact]
    public void Node_without_a_writer_is_refused_by_name()
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(1, 2)), y = new("y", ElementType.Float32, new TensorShape(1, 2));
        StepPlan plan = new("model", [x], [new PlanOutput("y", y)], [], [new UnknownNode(x, y)]);

        StepNotWritableException refusal = Assert.Throws<StepNotWritableException>(() => StepModelWriter.Write(new LoweringResult { File = "model.onnx", Plan = plan }));

        Assert.Equal("riddle", refusal.Node);
        Assert.Contains("Model 'model.onnx', node 'riddle' (Riddle) cannot be written as ONNX: there is no writer for a UnknownNode", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class UnknownNode(Wire x, Wire y) : StepNode("riddle", "Riddle", [x], [y])
    {
        public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => throw new InvalidOperationException("This node is only written.");
    }
}
