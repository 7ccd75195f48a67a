using SeqStream.Operators.Movement;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>The input of a <see cref="RearrangeNode"/> seen with one dimension for each of its strides, outermost first; what lies between two strides and is not walked along has a dimension too.</summary>
/// <param name="Sizes">Elements of each dimension; their product is the input's.</param>
/// <param name="Starts">The first index taken.</param>
/// <param name="Counts">Indices taken, each next to the one before.</param>
/// <param name="AreReversed">True where indices go down.</param>
/// <param name="Order">The dimensions in the order of the output; those with one index come last.</param>
internal sealed record Factors(int[] Sizes, int[] Starts, int[] Counts, bool[] AreReversed, int[] Order)
{
    /// <summary>The dimensions; null where strides do not divide each other, or a walk leaves its dimension.</summary>
    public static Factors? Of(RearrangeNode node)
    {
        int[] walked = [.. Enumerable.Range(0, node.Dimensions.Length).Where(axis => node.Dimensions[axis] > 1 && node.Strides[axis] != 0).OrderByDescending(axis => Math.Abs(node.Strides[axis]))];
        List<int> sizes = [], starts = [], counts = [], axes = [];
        List<bool> reversed = [];
        int outer = node.Inputs[0]!.Shape.ElementCount, rest = node.Offset;
        foreach (int axis in walked)
        {
            int stride = Math.Abs(node.Strides[axis]), count = node.Dimensions[axis];
            if (outer % stride != 0) return null;
            (int start, rest) = Math.DivRem(rest, stride);
            bool isReversed = node.Strides[axis] < 0;
            int last = isReversed ? start - count + 1 : start + count - 1;
            if (last < 0 || last >= outer / stride) return null;
            Add(outer / stride, start, count, isReversed, axis);
            outer = stride;
        }
        if (outer > 1 || sizes.Count == 0) Add(outer, rest, 1, false, node.Dimensions.Length);
        int[] order = [.. Enumerable.Range(0, sizes.Count).OrderBy(factor => axes[factor])];
        return new Factors([.. sizes], [.. starts], [.. counts], [.. reversed], order);

        void Add(int size, int start, int count, bool isReversed, int axis)
        {
            sizes.Add(size);
            starts.Add(start);
            counts.Add(count);
            reversed.Add(isReversed);
            axes.Add(axis);
        }
    }
}
