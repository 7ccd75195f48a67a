using SeqStream.Operators.Indexing;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Picking and placing by indices. Indices must lie inside the dimension: ONNX has no other rule for those outside.</summary>
internal static class IndexingNodes
{
    public static void Gather(StepGraph graph, GatherNode node)
    {
        Wire source = node.Inputs[0]!, indices = node.Inputs[1]!, output = node.Outputs[0]!;
        TensorShape shape = new([.. source.Shape.Dimensions[..node.Axis], .. indices.Shape.Dimensions, .. source.Shape.Dimensions[(node.Axis + 1)..]]);
        string value = (source.Constant, indices.Constant) switch
        {
            _ when graph.Lead == 0 => graph.Node("Gather", [graph.Of(source), graph.Of(indices)], ("axis", node.Axis)),
            (not null, null) => GatherShared(graph, graph.Of(source), graph.Of(indices), node.Axis, source.Shape.Rank, indices.Shape.Rank),
            (_, not null) => graph.Node("Gather", [graph.Spread(source), graph.Of(indices)], ("axis", node.Axis + 1)),
            _ => GatherOwn(graph, source, indices, node.Axis),
        };
        graph.Set(output, value, shape);
    }

    public static void GatherElements(StepGraph graph, GatherElementsNode node)
        => graph.Set(node.Outputs[0]!, graph.Node("GatherElements", [graph.Spread(node.Inputs[0]!), graph.Spread(node.Inputs[1]!)], ("axis", node.Axis + graph.Lead)));

    public static void GatherTuples(StepGraph graph, GatherNDNode node)
    {
        Wire source = node.Inputs[0]!, indices = node.Inputs[1]!;
        int tuple = indices.Shape[-1];
        TensorShape shape = new([.. indices.Shape.Dimensions[..^1], .. source.Shape.Dimensions[(node.BatchDimensions + tuple)..]]);
        graph.Set(node.Outputs[0]!, graph.Node("GatherND", [graph.Spread(source), Wide(graph, indices)], ("batch_dims", node.BatchDimensions + graph.Lead)), shape);
    }

    public static void Scatter(StepGraph graph, ScatterNode node)
    {
        if (node.Reduction is ScatterReduction.Max or ScatterReduction.Min) graph.Require(18);
        Wire source = node.Inputs[0]!, indices = node.Inputs[1]!, updates = node.Inputs[2]!;
        NodeAttribute reduction = ("reduction", node.Reduction.ToString().ToLowerInvariant());
        string value = node.Axis is { } axis
            ? graph.Node("ScatterElements", [graph.Spread(source), graph.Spread(indices), graph.Spread(updates)], ("axis", axis + graph.Lead), reduction)
            : graph.Node("ScatterND", [graph.Spread(source), OfStreams(graph, indices), graph.As(updates, SlicesOf(source.Shape, indices.Shape).Dimensions.AsSpan())], reduction);
        graph.Set(node.Outputs[0]!, value);
    }

    /// <summary>Picks from a constant that all streams share with indices of their own: the streams come to the front afterwards.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">A constant of <paramref name="rank"/> dimensions.</param>
    /// <param name="indices">[streams, ...] with <paramref name="indexRank"/> dimensions behind the streams; without a dimension of streams where the graph has none.</param>
    /// <param name="axis">The dimension picked along.</param>
    /// <param name="rank">Dimensions of the constant.</param>
    /// <param name="indexRank">Dimensions of the indices.</param>
    internal static string GatherShared(StepGraph graph, string source, string indices, int axis, int rank, int indexRank)
    {
        string picked = graph.Node("Gather", [source, indices], ("axis", axis));
        if (graph.Lead == 0 || axis == 0) return picked;
        int[] others = [.. Enumerable.Range(0, rank + indexRank).Where(at => at != axis)];
        return graph.Node("Transpose", [picked], ("perm", (int[])[axis, .. others]));
    }

    /// <summary>Every stream picks from a tensor of its own.</summary>
    private static string GatherOwn(StepGraph graph, Wire source, Wire indices, int axis)
    {
        int outer = source.Shape.ElementCountBetween(0, axis), size = source.Shape[axis], inner = source.Shape.ElementCountBetween(axis + 1, source.Shape.Rank), count = indices.Shape.ElementCount;
        string all = graph.Node("Expand", [graph.As(indices, 1, count, 1), graph.Int64s(1, outer, count, inner)]);
        string picked = graph.Node("GatherElements", [graph.As(source, outer, size, inner), all], ("axis", 2));
        return graph.Reshape(picked, [.. source.Shape.Dimensions[..axis], .. indices.Shape.Dimensions, .. source.Shape.Dimensions[(axis + 1)..]]);
    }

    /// <summary>Index tuples as int64, for streams with the stream's own number in front of each.</summary>
    private static string OfStreams(StepGraph graph, Wire indices)
    {
        string tuples = Wide(graph, indices);
        if (graph.Lead == 0) return tuples;
        string zero = graph.Scalar(ElementType.Int64, 0), count = graph.ReshapeAll(graph.StreamCount());
        string numbers = graph.Node("Range", [zero, count, graph.Scalar(ElementType.Int64, 1)]);
        int[] one = [.. indices.Shape.Dimensions[..^1].Select(static _ => 1), 1];
        string shape = graph.Int64s([1, .. indices.Shape.Dimensions[..^1].Select(static size => (long)size), 1]);
        return graph.Node("Concat", [graph.Node("Expand", [graph.Reshape(numbers, one), shape]), tuples], ("axis", -1));
    }

    private static TensorShape SlicesOf(TensorShape source, TensorShape indices) => new([.. indices.Dimensions[..^1], .. source.Dimensions[indices[-1]..]]);

    private static string Wide(StepGraph graph, Wire indices)
        => indices.Type == ElementType.Int64 ? graph.Spread(indices) : graph.Node("Cast", [graph.Spread(indices)], ("to", (int)ElementType.Int64));
}
