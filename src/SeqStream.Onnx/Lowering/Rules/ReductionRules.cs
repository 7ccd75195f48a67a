using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Reductions, positions of extremes, sorting and running sums.</summary>
internal static class ReductionRules
{
    public static IEnumerable<(string, OperatorRule)> All
    {
        get
        {
            foreach (ReduceFunction function in Enum.GetValues<ReduceFunction>())
            {
                int axesInputSince = function == ReduceFunction.Sum ? 13 : 18;
                yield return ($"Reduce{function}", node => Reduce(node, function, axesInputSince));
            }
            yield return ("ArgMax", static node => ArgExtremum(node, largest: true));
            yield return ("ArgMin", static node => ArgExtremum(node, largest: false));
            yield return ("TopK", TopK);
            yield return ("CumSum", CumulativeSum);
        }
    }

    private static Lowered Reduce(NodeContext node, ReduceFunction function, int axesInputSince)
    {
        Wire x = node.Input(0);
        long[] given = node.IntsFrom(1, axesInputSince, "axes") ?? [];
        if (given.Length == 0 && node.Int("noop_with_empty_axes", 0) != 0) return Lowered.Alias(x);
        int[] axes = given.Length == 0 ? [.. Enumerable.Range(0, x.Shape.Rank)] : node.Axes(given, x.Shape.Rank);
        return new ReduceNode(node.Name, function, x, node.Output(0, x.Type, Without(x.Shape, axes, node.Int("keepdims", 1) != 0)), [.. axes]);
    }

    private static TensorShape Without(TensorShape shape, int[] axes, bool keep)
    {
        List<int> dimensions = [];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (!axes.Contains(axis)) dimensions.Add(shape[axis]);
            else if (keep) dimensions.Add(1);
        }
        return new TensorShape([.. dimensions]);
    }

    private static Lowered ArgExtremum(NodeContext node, bool largest)
    {
        Wire x = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        Wire output = node.Output(0, ElementType.Int64, Without(x.Shape, [axis], node.Int("keepdims", 1) != 0));
        return new ArgExtremumNode(node.Name, largest, node.Int("select_last_index", 0) != 0, x, output, axis);
    }

    private static Lowered TopK(NodeContext node)
    {
        Wire x = node.Input(0);
        int axis = node.Axis(node.Int("axis", -1), x.Shape.Rank);
        long count = node.Opset >= 10 ? node.ConstantInput(1, "k").ToInt64Array()[0] : node.Int("k", 0);
        int[] dimensions = [.. x.Shape.Dimensions];
        dimensions[axis] = node.Dimensions([count])[0];
        TensorShape shape = new(dimensions);
        return new TopKNode(node.Name, node.Int("largest", 1) != 0, x, node.Output(0, x.Type, shape), node.Output(1, ElementType.Int64, shape), axis);
    }

    private static Lowered CumulativeSum(NodeContext node)
    {
        Wire x = node.Input(0);
        int axis = node.Axis(node.ConstantInput(1, "axis").ToInt64Array()[0], x.Shape.Rank);
        return new CumulativeSumNode(node.Name, x, node.Output(0, x.Type, x.Shape), axis, node.Int("exclusive", 0) != 0, node.Int("reverse", 0) != 0);
    }
}
