using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Reductions along some dimensions, and what else runs along one.</summary>
internal static class ReductionNodes
{
    private const int AxesByInputOpset = 18;

    public static void Reduce(StepGraph graph, ReduceNode node)
    {
        Wire input = node.Inputs[0]!;
        int[] axes = [.. node.Axes];
        string x = graph.Spread(input);
        TensorShape rest = new([.. input.Shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]);
        if (axes.Length == 0)
        {
            // Without axes the operator means all of them: reduce one more dimension, of one element.
            x = graph.Reshape(x, [.. input.Shape.Dimensions, 1]);
            axes = [input.Shape.Rank];
        }
        bool isBool = input.Type == ElementType.Bool;
        if (isBool) x = graph.Node("Cast", [x], ("to", (int)ElementType.Int32));
        string value = Reduce(graph, node.Operator, x, [.. axes.Select(axis => axis + graph.Lead)], keep: false);
        graph.Set(node.Outputs[0]!, isBool ? graph.Node("Cast", [value], ("to", (int)ElementType.Bool)) : value, rest);
    }

    public static void ArgExtremum(StepGraph graph, ArgExtremumNode node)
    {
        Wire input = node.Inputs[0]!;
        string value = graph.Node(node.Operator, [graph.Spread(input)], ("axis", node.Axis + graph.Lead), ("keepdims", 0), ("select_last_index", node.TakeLast ? 1 : 0));
        graph.Set(node.Outputs[0]!, value, new TensorShape([.. input.Shape.Dimensions.RemoveAt(node.Axis)]));
    }

    public static void TopK(StepGraph graph, TopKNode node)
    {
        string k = graph.Int64s(node.Outputs[0]!.Shape[node.Axis]);
        string[] made = graph.Node("TopK", 2, [graph.Spread(node.Inputs[0]!), k], ("axis", node.Axis + graph.Lead), ("largest", node.Largest ? 1 : 0), ("sorted", 1));
        graph.Set(node.Outputs[0]!, made[0]);
        graph.Set(node.Outputs[1]!, made[1]);
    }

    public static void CumulativeSum(StepGraph graph, CumulativeSumNode node)
    {
        string axis = graph.Scalar(ElementType.Int64, node.Axis + graph.Lead);
        graph.Set(node.Outputs[0]!, graph.Node("CumSum", [graph.Spread(node.Inputs[0]!), axis], ("exclusive", node.Exclusive ? 1 : 0), ("reverse", node.Reverse ? 1 : 0)));
    }

    /// <summary>A reduction along axes that count the streams' dimension too.</summary>
    internal static string Reduce(StepGraph graph, string @operator, string x, int[] axes, bool keep)
    {
        NodeAttribute kept = ("keepdims", keep ? 1 : 0);
        return @operator == "ReduceSum" || graph.Opset >= AxesByInputOpset
            ? graph.Node(@operator, [x, graph.Int64s([.. axes.Select(static axis => (long)axis)])], kept)
            : graph.Node(@operator, [x], ("axes", axes), kept);
    }
}
