using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>Sums over integer weights: one run of M lanes, each with the sums of <see cref="ByteRow{TI,TDot,TV,TSimd,TCell,TFormat,TPanel}"/>. Weights are loaded once for all lanes.</summary>
[HotPath]
internal static unsafe class ByteTile<TI, TDot, TV, TSimd, TCell, TFormat, TLanes>
    where TI : unmanaged
    where TDot : struct, IByteDot<TI, TV>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IByteFormat
    where TLanes : struct, ICount
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>One method, because a helper that is not inlined would pin every accumulator to the stack.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="run">The run.</param>
    /// <param name="again">
    /// 0. Each word of 4-bit weights is read twice; at the same address the compiler would read it once, and keep it where there is no register left for it.
    /// </param>
    /// <param name="rows">[M] gathered activations</param>
    /// <param name="sums">The biases, to which the products are added: [M, 4, n] with strides.</param>
    /// <param name="slot">Floats from a gate's sums to the next gate's.</param>
    /// <param name="next">Floats from a lane's sums to the next.</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(in PackedSmall packed, int run, nint again, byte* rows, float* sums, nint slot, nint next)
    {
        int n = TSimd.Width, bytes = 32 / TFormat.Bits, lanes = TLanes.Value;
        nint gates = TCell.Gates * n, row = gates * sizeof(int), stride = packed.RowBytes;
        byte* w = packed.Weights + run * packed.RunBytes, v = rows + packed.ValuesAt;
        float* scales = packed.Scales + run * packed.ScaleStride;
        int* corrections = packed.Corrections + run * packed.ScaleStride, rowSums = (int*)rows + 4;
        for (int part = 0; part < 2; part++)
        {
            nint slots = part == 0 ? packed.InputSlots : packed.UnitSlots, group = part == 0 ? packed.InputGroup : packed.UnitGroup;
            float* rowScale = (float*)rows + part;
            nint candidate = (TCell.Gates == 3 ? 2 + part : 2) * slot;
            for (byte* all = v + slots; v < all; rowSums++)
            {
                byte* end = v + group < all ? v + group : all;
                Quad<TI> q0 = default, q1 = default, q2 = default, q3 = default;
                ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q0, corrections, rowSums, n);
                if (lanes > 1) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q1, corrections, (int*)((byte*)rowSums + stride), n);
                if (lanes > 2) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q2, corrections, (int*)((byte*)rowSums + 2 * stride), n);
                if (lanes > 3) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q3, corrections, (int*)((byte*)rowSums + 3 * stride), n);
                byte* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride;
                for (; v < end; v += bytes, v1 += bytes, v2 += bytes, v3 += bytes, w += row)
                {
                    TI w0 = First(w), w1 = First(w + n * sizeof(int)), w2 = First(w + 2 * n * sizeof(int)), w3 = TCell.Gates == 4 ? First(w + 3 * n * sizeof(int)) : w0;
                    AddShared(ref q0, v, w0, w1, w2, w3);
                    if (lanes > 1) AddShared(ref q1, v1, w0, w1, w2, w3);
                    if (lanes > 2) AddShared(ref q2, v2, w0, w1, w2, w3);
                    if (lanes > 3) AddShared(ref q3, v3, w0, w1, w2, w3);
                    if (TFormat.Bits == 8) continue;
                    byte* u = w + again;
                    w0 = Second(u);
                    w1 = Second(u + n * sizeof(int));
                    w2 = Second(u + 2 * n * sizeof(int));
                    w3 = TCell.Gates == 4 ? Second(u + 3 * n * sizeof(int)) : w0;
                    AddShared(ref q0, v + 4, w0, w1, w2, w3);
                    if (lanes > 1) AddShared(ref q1, v1 + 4, w0, w1, w2, w3);
                    if (lanes > 2) AddShared(ref q2, v2 + 4, w0, w1, w2, w3);
                    if (lanes > 3) AddShared(ref q3, v3 + 4, w0, w1, w2, w3);
                }
                ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q0, scales, rowScale, sums, n, slot, candidate);
                if (lanes > 1) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q1, scales, (float*)((byte*)rowScale + stride), sums + next, n, slot, candidate);
                if (lanes > 2) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q2, scales, (float*)((byte*)rowScale + 2 * stride), sums + 2 * next, n, slot, candidate);
                if (lanes > 3) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q3, scales, (float*)((byte*)rowScale + 3 * stride), sums + 3 * next, n, slot, candidate);
                scales += gates;
                corrections += gates;
            }
        }
    }

    [MethodImpl(Inline)]
    private static TI First(byte* w) => TFormat.FirstOf<TI, TDot, TV>(w);

    [MethodImpl(Inline)]
    private static TI Second(byte* w) => TFormat.SecondOf<TI, TDot, TV>(w);

    [MethodImpl(Inline)]
    private static void AddShared(ref Quad<TI> q, byte* v, TI w0, TI w1, TI w2, TI w3)
    {
        TI a = TDot.Set(*(int*)v);
        q.A = TFormat.Add<TI, TDot, TV>(q.A, a, w0);
        q.B = TFormat.Add<TI, TDot, TV>(q.B, a, w1);
        q.C = TFormat.Add<TI, TDot, TV>(q.C, a, w2);
        if (TCell.Gates == 4) q.D = TFormat.Add<TI, TDot, TV>(q.D, a, w3);
    }
}
