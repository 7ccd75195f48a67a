using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>
/// Four accumulators: the gates of one chunk of units of one lane. Four fields is the most a struct may have to be kept in registers whole.
/// It is passed by reference, and only to methods that are inlined: one that is not would pin all accumulators to the stack.
/// </summary>
internal struct Quad<TV>
    where TV : unmanaged
{
    public TV A, B, C, D;
}

/// <summary>What the sums of <see cref="OneLane{TV,TSimd,TCell,TPanel,TChains}"/> and <see cref="LaneTile{TV,TSimd,TCell,TLanes,TChains}"/> do to a quad.</summary>
internal static unsafe class Quads<TV, TSimd, TCell>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Adds v times one row of weights that are read once: each load becomes an operand of its multiplication.</summary>
    [MethodImpl(Inline)]
    public static void AddRow(ref Quad<TV> q, TV v, float* w)
    {
        int n = TSimd.Width;
        q.A = TSimd.Fma(v, TSimd.Load(w), q.A);
        q.B = TSimd.Fma(v, TSimd.Load(w + n), q.B);
        q.C = TSimd.Fma(v, TSimd.Load(w + 2 * n), q.C);
        if (TCell.Gates == 4) q.D = TSimd.Fma(v, TSimd.Load(w + 3 * n), q.D);
    }

    /// <summary>Adds v times one row of weights that several lanes share.</summary>
    [MethodImpl(Inline)]
    public static void AddShared(ref Quad<TV> q, TV v, TV w0, TV w1, TV w2, TV w3)
    {
        q.A = TSimd.Fma(v, w0, q.A);
        q.B = TSimd.Fma(v, w1, q.B);
        q.C = TSimd.Fma(v, w2, q.C);
        if (TCell.Gates == 4) q.D = TSimd.Fma(v, w3, q.D);
    }

    [MethodImpl(Inline)]
    public static void Start(ref Quad<TV> q, float* bias)
    {
        int n = TSimd.Width;
        q.A = TSimd.Load(bias);
        q.B = TSimd.Load(bias + n);
        q.C = TSimd.Load(bias + 2 * n);
        if (TCell.Gates == 4) q.D = TSimd.Load(bias + 3 * n);
    }

    [MethodImpl(Inline)]
    public static void AddTo(ref Quad<TV> q, ref Quad<TV> other)
    {
        q.A = TSimd.Add(q.A, other.A);
        q.B = TSimd.Add(q.B, other.B);
        q.C = TSimd.Add(q.C, other.C);
        if (TCell.Gates == 4) q.D = TSimd.Add(q.D, other.D);
    }

    /// <summary>GRU keeps the candidate's input part apart from its recurrent part: it leaves the registers between the two.</summary>
    [MethodImpl(Inline)]
    public static void SwapCandidate(ref Quad<TV> q, float* sums, float* bias)
    {
        TSimd.Store(sums + 2 * TSimd.Width, q.C);
        q.C = TSimd.Load(bias + 3 * TSimd.Width);
    }

    [MethodImpl(Inline)]
    public static void Finish(ref Quad<TV> q, float* sums)
    {
        int n = TSimd.Width;
        TSimd.Store(sums, q.A);
        TSimd.Store(sums + n, q.B);
        if (TCell.Gates == 4)
        {
            TSimd.Store(sums + 2 * n, q.C);
            TSimd.Store(sums + 3 * n, q.D);
        }
        else
        {
            TSimd.Store(sums + 3 * n, q.C);
        }
    }
}
