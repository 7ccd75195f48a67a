using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>ONNX multidirectional broadcasting of shapes.</summary>
public static class Broadcasting
{
    /// <summary>The shape that both broadcast to; false where a dimension differs and neither is 1.</summary>
    public static bool TryCombine(TensorShape left, TensorShape right, out TensorShape combined)
    {
        int rank = Math.Max(left.Rank, right.Rank);
        int[] dimensions = new int[rank];
        for (int axis = 1; axis <= rank; axis++)
        {
            int a = axis <= left.Rank ? left[-axis] : 1;
            int b = axis <= right.Rank ? right[-axis] : 1;
            if (a != b && a != 1 && b != 1)
            {
                combined = default;
                return false;
            }
            dimensions[rank - axis] = a == 1 ? b : a;
        }
        combined = new TensorShape(dimensions);
        return true;
    }

    /// <summary>True if <paramref name="shape"/> can be read as <paramref name="target"/> by repeating it along missing dimensions and those of size 1.</summary>
    public static bool Fits(TensorShape shape, TensorShape target) => TryCombine(shape, target, out TensorShape combined) && combined == target;

    /// <summary>Element strides that read a row-major tensor of <paramref name="shape"/> as <paramref name="target"/>; 0 along repeated dimensions.</summary>
    public static int[] Strides(TensorShape shape, TensorShape target)
    {
        int[] own = shape.Strides();
        int[] strides = new int[target.Rank];
        for (int axis = 1; axis <= shape.Rank; axis++) strides[^axis] = shape[-axis] == 1 ? 0 : own[^axis];
        return strides;
    }
}
