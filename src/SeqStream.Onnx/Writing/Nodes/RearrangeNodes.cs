using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>
/// Reading along other strides. Where every stride is a multiple of the next smaller one, the input is seen as one dimension for each stride, cut by Slice, put in
/// order by Transpose and repeated by Expand, each only if needed. Anything else is a Gather of single elements.
/// </summary>
internal static class RearrangeNodes
{
    public static void Write(StepGraph graph, RearrangeNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        if (output.Shape.ElementCount == 0) graph.Set(output, graph.Spread(new ConstantTensor(output.Type, output.Shape, []), output.Name));
        else if (Factors.Of(node) is { } factors) Move(graph, node, factors);
        else graph.Set(output, graph.Node("Gather", [graph.As(input, input.Shape.ElementCount), graph.Int64s(Sources(node))], ("axis", graph.Lead)), new TensorShape(output.Shape.ElementCount));
    }

    private static void Move(StepGraph graph, RearrangeNode node, Factors factors)
    {
        string value = graph.As(node.Inputs[0]!, factors.Sizes);
        value = Cut(graph, value, factors);
        int[] order = factors.Order;
        if (!order.SequenceEqual(Enumerable.Range(0, order.Length))) value = graph.Node("Transpose", [value], ("perm", graph.Lead == 0 ? order : [0, .. order.Select(static axis => axis + 1)]));
        int[] kept = [.. order.Select(axis => factors.Counts[axis])];
        TensorShape shape = new(kept);
        if (node.Dimensions.Where((size, axis) => size > 1 && node.Strides[axis] == 0).Any())
        {
            int[] seen = [.. node.Dimensions.Select((size, axis) => node.Strides[axis] == 0 ? 1 : size)];
            value = graph.Reshape(value, seen);
            value = graph.Node("Expand", [value, graph.Int64s(graph.Lead == 0 ? [.. node.Dimensions] : [1, .. node.Dimensions])]);
            shape = new TensorShape(node.Dimensions.AsSpan());
        }
        graph.Set(node.Outputs[0]!, value, shape);
    }

    private static string Cut(StepGraph graph, string value, Factors factors)
    {
        List<long> starts = [], ends = [], axes = [], steps = [];
        for (int axis = 0; axis < factors.Sizes.Length; axis++)
        {
            int start = factors.Starts[axis], count = factors.Counts[axis];
            bool isReversed = factors.AreReversed[axis];
            if (count == factors.Sizes[axis] && !isReversed) continue;
            starts.Add(start);
            ends.Add(!isReversed ? start + count : start - count < 0 ? long.MinValue : start - count);
            axes.Add(axis + graph.Lead);
            steps.Add(isReversed ? -1 : 1);
        }
        return starts.Count == 0 ? value : graph.Node("Slice", [value, graph.Int64s([.. starts]), graph.Int64s([.. ends]), graph.Int64s([.. axes]), graph.Int64s([.. steps])]);
    }

    private static long[] Sources(RearrangeNode node)
    {
        long[] sources = new long[node.Outputs[0]!.Shape.ElementCount];
        for (int element = 0; element < sources.Length; element++)
        {
            int rest = element;
            sources[element] = node.Offset;
            for (int axis = node.Dimensions.Length - 1; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, node.Dimensions[axis]);
                sources[element] += (long)index * node.Strides[axis];
            }
        }
        return sources;
    }
}
