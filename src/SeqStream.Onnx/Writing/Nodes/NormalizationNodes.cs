using SeqStream.Operators.Normalization;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Softmax and normalization.</summary>
internal static class NormalizationNodes
{
    public static void Softmax(StepGraph graph, SoftmaxNode node)
    {
        Wire input = node.Inputs[0]!;
        TensorShape grouped = new([.. input.Shape.Dimensions[..node.FirstAxis], input.Shape.ElementCountBetween(node.FirstAxis, node.EndAxis), .. input.Shape.Dimensions[node.EndAxis..]]);
        string value = graph.Node(node.Operator, [graph.As(input, grouped.Dimensions.AsSpan())], ("axis", node.FirstAxis + graph.Lead));
        graph.Set(node.Outputs[0]!, value, grouped);
    }

    public static void Normalize(StepGraph graph, NormalizeNode node)
    {
        Wire input = node.Inputs[0]!;
        if (node.BlockLength == 0)
        {
            graph.Set(node.Outputs[0]!, graph.Spread(input), input.Shape);
            return;
        }
        int blocks = input.Shape.ElementCount / node.BlockLength;
        TensorShape rows = new(blocks, node.BlockLength), statistics = new(blocks, 1);
        string x = graph.As(input, blocks, node.BlockLength), mean = graph.Scalar(input.Type, 0);
        if (!node.AboutZero)
        {
            mean = ReductionNodes.Reduce(graph, "ReduceMean", x, [1 + graph.Lead], keep: true);
            x = graph.Node("Sub", [x, mean]);
        }
        string variance = ReductionNodes.Reduce(graph, "ReduceMean", graph.Node("Mul", [x, x]), [1 + graph.Lead], keep: true);
        string deviation = graph.Node("Sqrt", [graph.Node("Add", [variance, graph.Scalar(input.Type, node.Epsilon)])]);
        string y = graph.Node("Div", [x, deviation]);
        if (node.Inputs[1] is { } scale) y = graph.Node("Mul", [y, Row(graph, scale, node.BlockLength)]);
        if (node.Inputs[2] is { } bias) y = graph.Node("Add", [y, Row(graph, bias, node.BlockLength)]);
        graph.Set(node.Outputs[0]!, y, rows);
        if (node.Outputs[1] is { } means) SetStatistic(graph, means, node.AboutZero ? graph.Node("Mul", [variance, mean]) : mean, input.Type, statistics);
        if (node.Outputs[2] is { } inverse) SetStatistic(graph, inverse, graph.Node("Reciprocal", [deviation]), input.Type, statistics);
    }

    private static void SetStatistic(StepGraph graph, Wire wire, string value, ElementType type, TensorShape shape)
        => graph.Set(wire, wire.Type == type ? value : graph.Node("Cast", [value], ("to", (int)wire.Type)), shape);

    private static string Row(StepGraph graph, Wire wire, int length)
        => wire.Constant is { } constant ? graph.Constant(constant.WithShape(new TensorShape(length)), wire.Name) : graph.As(wire, 1, length);
}
