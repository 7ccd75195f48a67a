using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Functions of two or three elements, and conversions of one.</summary>
internal static class ElementwiseNodes
{
    public static void Binary(StepGraph graph, BinaryNode node)
    {
        int rank = node.Output.Shape.Rank;
        string[] operands = graph.Operands(rank, node.Left, node.Right);
        graph.Set(node.Output, Compute(graph, node, operands), graph.Combined(rank, node.Left, node.Right));
    }

    public static void Where(StepGraph graph, WhereNode node)
    {
        Wire condition = node.Inputs[0]!, left = node.Inputs[1]!, right = node.Inputs[2]!, output = node.Outputs[0]!;
        int rank = output.Shape.Rank;
        graph.Set(output, graph.Node("Where", graph.Operands(rank, condition, left, right)), graph.Combined(rank, condition, left, right));
    }

    public static void Cast(StepGraph graph, CastNode node)
        => graph.Set(node.Outputs[0]!, graph.Node("Cast", [graph.Spread(node.Inputs[0]!)], ("to", (int)node.Outputs[0]!.Type)), node.Inputs[0]!.Shape);

    private static string Compute(StepGraph graph, BinaryNode node, string[] operands)
    {
        switch (node.Function)
        {
            case BinaryFunction.FMod:
                return graph.Node("Mod", operands, ("fmod", 1));
            case BinaryFunction.Mod when node.Left.Type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64:
                string whole = graph.Node("Floor", [graph.Node("Div", operands)]);
                return graph.Node("Sub", [operands[0], graph.Node("Mul", [whole, operands[1]])]);
            case BinaryFunction.BitwiseAnd or BinaryFunction.BitwiseOr or BinaryFunction.BitwiseXor:
                graph.Require(18);
                break;
        }
        return graph.Node(node.Function.ToString(), operands);
    }
}
