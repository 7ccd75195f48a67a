using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>Where index tuples point: the last dimension of the indices holds one index for each leading dimension of the tensor after its batch dimensions.</summary>
internal sealed class TupleIndexing
{
    private readonly int[] _sizes;   // [tuple]
    private readonly int[] _strides; // [tuple]
    private readonly int _batchStride;
    private readonly int _tuplesOfBatch;

    public TupleIndexing(TensorShape indexed, TensorShape indices, int batchDimensions)
    {
        int tuple = indices[-1];
        int[] strides = indexed.Strides();
        _sizes = indexed.Dimensions.AsSpan(batchDimensions, tuple).ToArray();
        _strides = strides.AsSpan(batchDimensions, tuple).ToArray();
        SliceLength = indexed.ElementCountBetween(batchDimensions + tuple, indexed.Rank);
        Count = indices.ElementCountBetween(0, indices.Rank - 1);
        int batches = indices.ElementCountBetween(0, batchDimensions);
        _tuplesOfBatch = batches == 0 ? 1 : Math.Max(1, Count / batches);
        _batchStride = indexed.ElementCountBetween(batchDimensions, indexed.Rank);
    }

    /// <summary>Number of tuples.</summary>
    public int Count { get; }

    /// <summary>Elements each tuple points at.</summary>
    public int SliceLength { get; }

    public static bool Fits(TensorShape indexed, TensorShape indices, int batchDimensions)
    {
        if (indices.Rank < 1 || batchDimensions >= indices.Rank || batchDimensions + indices[-1] > indexed.Rank) return false;
        for (int i = 0; i < batchDimensions; i++)
        {
            if (indexed[i] != indices[i]) return false;
        }
        for (int i = 0; i < indices[-1]; i++)
        {
            if (indexed[batchDimensions + i] == 0 && indices.ElementCount > 0) return false;
        }
        return true;
    }

    /// <summary>First element that tuple number <paramref name="number"/> points at.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    public unsafe nint Locate(IndexReader reader, byte* indices, int number)
    {
        nint at = (nint)(number / _tuplesOfBatch) * _batchStride;
        for (int i = 0; i < _sizes.Length; i++) at += reader.Read(indices, ((nint)number * _sizes.Length) + i, _sizes[i]) * _strides[i];
        return at;
    }
}
