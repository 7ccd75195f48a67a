using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>Where a tensor of indices, one for each element, points along one dimension of another tensor.</summary>
internal sealed class AxisIndexing
{
    /// <param name="indexed">The tensor pointed into.</param>
    /// <param name="indices">Of the same rank, in no dimension but <paramref name="axis"/> larger.</param>
    /// <param name="axis">The dimension the indices replace, from 0.</param>
    public AxisIndexing(TensorShape indexed, TensorShape indices, int axis)
    {
        Size = indexed[axis];
        int[] strides = indexed.Strides();
        Stride = strides[axis];
        Starts = new int[indices.ElementCount];
        for (int element = 0; element < Starts.Length; element++)
        {
            int rest = element;
            for (int i = indices.Rank - 1; i >= 0; i--)
            {
                (rest, int position) = Math.DivRem(rest, indices[i]);
                if (i != axis) Starts[element] += position * strides[i];
            }
        }
    }

    /// <summary>Elements along the dimension.</summary>
    public int Size { get; }

    /// <summary>Elements from one index to the next.</summary>
    public int Stride { get; }

    /// <summary>[indices] the element that index 0 would mean.</summary>
    public int[] Starts { get; }

    public static bool Fits(TensorShape indexed, TensorShape indices, int axis)
    {
        if (indexed.Rank != indices.Rank || axis < 0 || axis >= indexed.Rank) return false;
        for (int i = 0; i < indexed.Rank; i++)
        {
            if (i == axis ? indexed[i] == 0 && indices[i] > 0 : indices[i] > indexed[i]) return false;
        }
        return true;
    }
}
