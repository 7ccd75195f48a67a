using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>
/// Sums over integer weights: P runs of one lane. Products are summed in int32, exactly, within each group of weights that share a scale; the groups' sums times
/// both scales, of the weights and of the lane, are added to the bias in order, inputs first. So neither the order of the products nor their instructions touch a bit.
/// </summary>
[HotPath]
internal static unsafe class ByteRow<TI, TDot, TV, TSimd, TCell, TFormat, TPanel>
    where TI : unmanaged
    where TDot : struct, IByteDot<TI, TV>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IByteFormat
    where TPanel : struct, ICount
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>One method, because a helper that is not inlined would pin every accumulator to the stack.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="run">The first run.</param>
    /// <param name="rows">Gathered activations.</param>
    /// <param name="sums">The biases, to which the products are added: [P, 4, n] with strides.</param>
    /// <param name="slot">Floats from a gate's sums to the next gate's.</param>
    /// <param name="next">Floats from a run's sums to the next.</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(in PackedSmall packed, int run, byte* rows, float* sums, nint slot, nint next)
    {
        int n = TSimd.Width, bytes = 32 / TFormat.Bits, panel = TPanel.Value;
        nint gates = TCell.Gates * n, row = gates * sizeof(int), chunk = packed.RunBytes, scaleStep = packed.ScaleStride;
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
                Quad<TI> q0 = default, q1 = default;
                ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q0, corrections, rowSums, n);
                if (panel > 1) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Start(ref q1, corrections + scaleStep, rowSums, n);
                for (; v < end; v += bytes, w += row)
                {
                    TI a = TDot.Set(*(int*)v), b = TFormat.Second<TI, TDot, TV>(v, a);
                    AddRow(ref q0, a, b, w, n * sizeof(int));
                    if (panel > 1) AddRow(ref q1, a, b, w + chunk, n * sizeof(int));
                }
                ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q0, scales, rowScale, sums, n, slot, candidate);
                if (panel > 1) ByteSums<TI, TDot, TV, TSimd, TCell, TFormat>.Close(ref q1, scales + scaleStep, rowScale, sums + next, n, slot, candidate);
                scales += gates;
                corrections += gates;
            }
        }
    }

    [MethodImpl(Inline)]
    private static void AddRow(ref Quad<TI> q, TI a, TI b, byte* w, nint step)
    {
        q.A = TFormat.AddWord<TI, TDot, TV>(q.A, a, b, w);
        q.B = TFormat.AddWord<TI, TDot, TV>(q.B, a, b, w + step);
        q.C = TFormat.AddWord<TI, TDot, TV>(q.C, a, b, w + 2 * step);
        if (TCell.Gates == 4) q.D = TFormat.AddWord<TI, TDot, TV>(q.D, a, b, w + 3 * step);
    }
}
