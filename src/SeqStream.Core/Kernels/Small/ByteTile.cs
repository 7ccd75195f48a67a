using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>
/// Sums over integer weights: P runs of one lane, or one run of M lanes. Products are summed in int32, exactly, within each group of weights that share a scale;
/// the groups' sums times both scales, of the weights and of the lane, are added to the bias in order, inputs first. So neither the order of the products nor their
/// instructions touch a bit.
/// </summary>
[HotPath]
internal static unsafe class ByteTile<TI, TDot, TV, TSimd, TCell, TFormat, TPanel, TLanes>
    where TI : unmanaged
    where TDot : struct, IByteDot<TI, TV>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IByteFormat
    where TPanel : struct, ICount
    where TLanes : struct, ICount
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>One method, because a helper that is not inlined would pin every accumulator to the stack.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="run">The first run.</param>
    /// <param name="again">
    /// 0. Many lanes read each word of 4-bit weights twice; at the same address the compiler would read it once, and keep it where there is no register left for it.
    /// </param>
    /// <param name="rows">[M] gathered activations</param>
    /// <param name="sums">The biases, to which the products are added: [M or P, 4, n] with strides.</param>
    /// <param name="slot">Floats from a gate's sums to the next gate's.</param>
    /// <param name="next">Floats from a run's or lane's sums to the next.</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(in PackedSmall packed, int run, nint again, byte* rows, float* sums, nint slot, nint next)
    {
        int n = TSimd.Width, panel = TPanel.Value, lanes = TLanes.Value, count = panel * lanes, bytes = 32 / TFormat.Bits;
        nint row = TCell.Gates * n * sizeof(int), runBytes = packed.RunBytes, stride = packed.RowBytes;
        nint scaleStep = panel > 1 ? packed.ScaleStride : 0, rowStep = panel > 1 ? 0 : stride;
        byte* w = packed.Weights + run * runBytes, v = rows + packed.ValuesAt;
        float* scales = packed.Scales + run * packed.ScaleStride;
        int* corrections = packed.Corrections + run * packed.ScaleStride;
        int* rowSums = (int*)rows + 4;
        for (int part = 0; part < 2; part++)
        {
            nint slots = part == 0 ? packed.InputSlots : packed.UnitSlots, group = part == 0 ? packed.InputGroup : packed.UnitGroup;
            float* rowScale = (float*)rows + part;
            nint candidate = (TCell.Gates == 3 && part == 1 ? 3 : 2) * slot;
            for (byte* all = v + slots; v < all;)
            {
                byte* end = v + group;
                if (end > all) end = all;
                Quad<TI> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default;
                Start(ref q0, corrections, rowSums);
                if (count > 1) Start(ref q1, corrections + scaleStep, (int*)((byte*)rowSums + rowStep));
                if (count > 2) Start(ref q2, corrections + 2 * scaleStep, (int*)((byte*)rowSums + 2 * rowStep));
                if (count > 3) Start(ref q3, corrections + 3 * scaleStep, (int*)((byte*)rowSums + 3 * rowStep));
                if (count > 4) Start(ref q4, corrections + 4 * scaleStep, (int*)((byte*)rowSums + 4 * rowStep));
                if (count > 5) Start(ref q5, corrections + 5 * scaleStep, (int*)((byte*)rowSums + 5 * rowStep));
                if (lanes == 1)
                {
                    for (; v < end; v += bytes, w += row)
                    {
                        AddRow(ref q0, v, w);
                        if (panel > 1) AddRow(ref q1, v, w + runBytes);
                        if (panel > 2)
                        {
                            AddRow(ref q2, v, w + 2 * runBytes);
                            AddRow(ref q3, v, w + 3 * runBytes);
                        }
                    }
                }
                else
                {
                    byte* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride, v4 = v3 + stride, v5 = v4 + stride;
                    for (; v < end; v += bytes, v1 += bytes, v2 += bytes, v3 += bytes, v4 += bytes, v5 += bytes, w += row)
                    {
                        TI w0 = Weights(w, 0), w1 = Weights(w, 1), w2 = Weights(w, 2), w3 = TCell.Gates == 4 ? Weights(w, 3) : w0;
                        AddShared(ref q0, v, w0, w1, w2, w3);
                        if (lanes > 1) AddShared(ref q1, v1, w0, w1, w2, w3);
                        if (lanes > 2) AddShared(ref q2, v2, w0, w1, w2, w3);
                        if (lanes > 3) AddShared(ref q3, v3, w0, w1, w2, w3);
                        if (lanes > 4) AddShared(ref q4, v4, w0, w1, w2, w3);
                        if (lanes > 5) AddShared(ref q5, v5, w0, w1, w2, w3);
                        if (TFormat.Bits == 8) continue;
                        w0 = TDot.HighNibbles(Load(w + again, 0));
                        w1 = TDot.HighNibbles(Load(w + again, 1));
                        w2 = TDot.HighNibbles(Load(w + again, 2));
                        w3 = TCell.Gates == 4 ? TDot.HighNibbles(Load(w + again, 3)) : w0;
                        AddShared(ref q0, v + 4, w0, w1, w2, w3);
                        if (lanes > 1) AddShared(ref q1, v1 + 4, w0, w1, w2, w3);
                        if (lanes > 2) AddShared(ref q2, v2 + 4, w0, w1, w2, w3);
                        if (lanes > 3) AddShared(ref q3, v3 + 4, w0, w1, w2, w3);
                        if (lanes > 4) AddShared(ref q4, v4 + 4, w0, w1, w2, w3);
                        if (lanes > 5) AddShared(ref q5, v5 + 4, w0, w1, w2, w3);
                    }
                }
                Close(ref q0, scales, rowScale, sums, slot, candidate);
                if (count > 1) Close(ref q1, scales + scaleStep, (float*)((byte*)rowScale + rowStep), sums + next, slot, candidate);
                if (count > 2) Close(ref q2, scales + 2 * scaleStep, (float*)((byte*)rowScale + 2 * rowStep), sums + 2 * next, slot, candidate);
                if (count > 3) Close(ref q3, scales + 3 * scaleStep, (float*)((byte*)rowScale + 3 * rowStep), sums + 3 * next, slot, candidate);
                if (count > 4) Close(ref q4, scales + 4 * scaleStep, (float*)((byte*)rowScale + 4 * rowStep), sums + 4 * next, slot, candidate);
                if (count > 5) Close(ref q5, scales + 5 * scaleStep, (float*)((byte*)rowScale + 5 * rowStep), sums + 5 * next, slot, candidate);
                scales += TCell.Gates * n;
                corrections += TCell.Gates * n;
                rowSums++;
            }
        }
    }

    /// <summary>What the sums are too large by because activations or weights are shifted.</summary>
    [MethodImpl(Inline)]
    private static void Start(ref Quad<TI> q, int* corrections, int* rowSum)
    {
        int n = TSimd.Width;
        if (TFormat.Bits == 4)
        {
            TI start = TDot.Set(*rowSum);
            q.A = start;
            q.B = start;
            q.C = start;
            if (TCell.Gates == 4) q.D = start;
            return;
        }
        q.A = TDot.Load(corrections);
        q.B = TDot.Load(corrections + n);
        q.C = TDot.Load(corrections + 2 * n);
        if (TCell.Gates == 4) q.D = TDot.Load(corrections + 3 * n);
    }

    [MethodImpl(Inline)]
    private static void AddRow(ref Quad<TI> q, byte* v, byte* w)
    {
        int step = TSimd.Width * sizeof(int);
        TI a = TDot.Set(*(int*)v);
        if (TFormat.Bits == 8)
        {
            q.A = TDot.Dot(q.A, a, TDot.Load(w));
            q.B = TDot.Dot(q.B, a, TDot.Load(w + step));
            q.C = TDot.Dot(q.C, a, TDot.Load(w + 2 * step));
            if (TCell.Gates == 4) q.D = TDot.Dot(q.D, a, TDot.Load(w + 3 * step));
            return;
        }
        TI b = TDot.Set(*((int*)v + 1));
        TI word = TDot.Load(w);
        q.A = TDot.DotNibbles(TDot.DotNibbles(q.A, a, TDot.LowNibbles(word)), b, TDot.HighNibbles(word));
        word = TDot.Load(w + step);
        q.B = TDot.DotNibbles(TDot.DotNibbles(q.B, a, TDot.LowNibbles(word)), b, TDot.HighNibbles(word));
        word = TDot.Load(w + 2 * step);
        q.C = TDot.DotNibbles(TDot.DotNibbles(q.C, a, TDot.LowNibbles(word)), b, TDot.HighNibbles(word));
        if (TCell.Gates == 3) return;
        word = TDot.Load(w + 3 * step);
        q.D = TDot.DotNibbles(TDot.DotNibbles(q.D, a, TDot.LowNibbles(word)), b, TDot.HighNibbles(word));
    }

    /// <summary>A gate's weights of the first four terms of a word.</summary>
    [MethodImpl(Inline)]
    private static TI Weights(byte* w, int gate) => TFormat.Bits == 8 ? Load(w, gate) : TDot.LowNibbles(Load(w, gate));

    [MethodImpl(Inline)]
    private static TI Load(byte* w, int gate) => TDot.Load(w + gate * TSimd.Width * sizeof(int));

    [MethodImpl(Inline)]
    private static void AddShared(ref Quad<TI> q, byte* v, TI w0, TI w1, TI w2, TI w3)
    {
        TI a = TDot.Set(*(int*)v);
        q.A = Product(q.A, a, w0);
        q.B = Product(q.B, a, w1);
        q.C = Product(q.C, a, w2);
        if (TCell.Gates == 4) q.D = Product(q.D, a, w3);
    }

    [MethodImpl(Inline)]
    private static TI Product(TI sum, TI a, TI w) => TFormat.Bits == 8 ? TDot.Dot(sum, a, w) : TDot.DotNibbles(sum, a, w);

    [MethodImpl(Inline)]
    private static void Close(ref Quad<TI> q, float* scales, float* rowScale, float* sums, nint slot, nint candidate)
    {
        int n = TSimd.Width;
        TV s = TSimd.Set(*rowScale);
        TSimd.Store(sums, TSimd.Fma(TDot.ToFloat(q.A), TSimd.Mul(s, TSimd.Load(scales)), TSimd.Load(sums)));
        TSimd.Store(sums + slot, TSimd.Fma(TDot.ToFloat(q.B), TSimd.Mul(s, TSimd.Load(scales + n)), TSimd.Load(sums + slot)));
        TSimd.Store(sums + candidate, TSimd.Fma(TDot.ToFloat(q.C), TSimd.Mul(s, TSimd.Load(scales + 2 * n)), TSimd.Load(sums + candidate)));
        if (TCell.Gates == 4) TSimd.Store(sums + 3 * slot, TSimd.Fma(TDot.ToFloat(q.D), TSimd.Mul(s, TSimd.Load(scales + 3 * n)), TSimd.Load(sums + 3 * slot)));
    }
}
