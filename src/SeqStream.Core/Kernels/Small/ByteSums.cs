using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>What one-lane and many-lane sums over integer weights share: where a group's sum of products starts, and what becomes of it.</summary>
internal static unsafe class ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>
    where TI : unmanaged
    where TDot : struct, IByteDot<TI, TV>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IByteFormat
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static void Start(ref Quad<TI> q, int* corrections, int* rowSum, nint n)
    {
        q.A = TFormat.Start<TI, TDot, TV>(corrections, rowSum);
        q.B = TFormat.Start<TI, TDot, TV>(corrections + n, rowSum);
        q.C = TFormat.Start<TI, TDot, TV>(corrections + 2 * n, rowSum);
        if (TCell.Gates == 4) q.D = TFormat.Start<TI, TDot, TV>(corrections + 3 * n, rowSum);
    }

    /// <summary>sums += products times the scales of weights and lane.</summary>
    /// <param name="q">Sums of products.</param>
    /// <param name="scales">[gates, n]</param>
    /// <param name="rowScale">The lane's scale.</param>
    /// <param name="sums">The gates' sums.</param>
    /// <param name="n">Elements of a vector.</param>
    /// <param name="slot">Floats from a gate's sums to the next gate's.</param>
    /// <param name="candidate">Floats to the third gate's.</param>
    [MethodImpl(Inline)]
    public static void Close(ref Quad<TI> q, float* scales, float* rowScale, float* sums, nint n, nint slot, nint candidate)
    {
        TV s = TSimd.Set(*rowScale);
        Add(q.A, s, scales, sums);
        Add(q.B, s, scales + n, sums + slot);
        Add(q.C, s, scales + 2 * n, sums + candidate);
        if (TCell.Gates == 4) Add(q.D, s, scales + 3 * n, sums + 3 * slot);
    }

    [MethodImpl(Inline)]
    private static void Add(TI products, TV s, float* scales, float* sums) => TSimd.Store(sums, TSimd.Fma(TDot.ToFloat(products), TSimd.Mul(s, TSimd.Load(scales)), TSimd.Load(sums)));
}
