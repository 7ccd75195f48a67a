using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>A tensor's elements as rows: one row for each index of the kept dimensions, its columns running over the reduced ones.</summary>
internal sealed class AxisSplit
{
    public AxisSplit(TensorShape shape, ReadOnlySpan<int> reduced)
    {
        List<int> kept = [], gone = [];
        for (int axis = 0; axis < shape.Rank; axis++) (reduced.Contains(axis) ? gone : kept).Add(axis);
        Rows = Offsets(shape, kept);
        Columns = Offsets(shape, gone);
        IsContiguous = true;
        for (int i = 0; i < Columns.Length; i++) IsContiguous &= Columns[i] == i;
    }

    /// <summary>[rows] first element of each row.</summary>
    public int[] Rows { get; }

    /// <summary>[columns] distance of each column from the row's first element.</summary>
    public int[] Columns { get; }

    /// <summary>True if a row's elements follow each other without gaps.</summary>
    public bool IsContiguous { get; }

    private static int[] Offsets(TensorShape shape, List<int> axes)
    {
        int count = 1;
        foreach (int axis in axes) count *= shape[axis];
        int[] strides = shape.Strides();
        int[] offsets = new int[count];
        for (int i = 0; i < count; i++)
        {
            int rest = i;
            for (int at = axes.Count - 1; at >= 0; at--)
            {
                (rest, int index) = Math.DivRem(rest, shape[axes[at]]);
                offsets[i] += index * strides[axes[at]];
            }
        }
        return offsets;
    }
}
