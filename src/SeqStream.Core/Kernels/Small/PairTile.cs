using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>
/// Sums over 16-bit weights: P chunks of one lane, or one chunk of M lanes. A sum starts at the bias and adds its terms in order, inputs first, by one
/// multiply-add each: the bits are those of float32 weights of the same values. The candidate of a GRU has two sums, as in <see cref="OneLane{TV,TSimd,TCell,TPanel,TChains}"/>.
/// </summary>
[HotPath]
internal static unsafe class PairTile<TV, TSimd, TCell, TFormat, TPanel, TLanes>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IPairFormat
    where TPanel : struct, ICount
    where TLanes : struct, ICount
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>One method, because a helper that is not inlined would pin every accumulator to the stack.</summary>
    /// <param name="w">The first chunk's words, [pairs, gates, N].</param>
    /// <param name="again">
    /// The same address. Many lanes read each word twice; through one pointer the compiler would read it once, and keep it where there is no register left for it.
    /// </param>
    /// <param name="chunk">Bytes from a chunk's words to the next.</param>
    /// <param name="bias">[P, 4, N]</param>
    /// <param name="v">[M, stride] inputs, then hidden units, both filled up to pairs.</param>
    /// <param name="stride">Bytes from a lane to the next.</param>
    /// <param name="inputs">Inputs of a lane, even.</param>
    /// <param name="units">Hidden units of a lane, even.</param>
    /// <param name="sums">[M or P, 4, N], written</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(byte* w, byte* again, nint chunk, float* bias, byte* v, nint stride, nint inputs, nint units, float* sums)
    {
        int n = TSimd.Width, panel = TPanel.Value, lanes = TLanes.Value, count = panel * lanes;
        nint row = TCell.Gates * n * sizeof(float), step = panel > 1 ? 4 * n : 0;
        Quad<TV> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        Quads<TV, TSimd, TCell>.Start(ref q0, bias);
        if (count > 1) Quads<TV, TSimd, TCell>.Start(ref q1, bias + step);
        if (count > 2) Quads<TV, TSimd, TCell>.Start(ref q2, bias + 2 * step);
        if (count > 3) Quads<TV, TSimd, TCell>.Start(ref q3, bias + 3 * step);
        if (count > 4) Quads<TV, TSimd, TCell>.Start(ref q4, bias + 4 * step);
        if (count > 5) Quads<TV, TSimd, TCell>.Start(ref q5, bias + 5 * step);
        if (count > 6) Quads<TV, TSimd, TCell>.Start(ref q6, bias + 6 * step);
        if (count > 7) Quads<TV, TSimd, TCell>.Start(ref q7, bias + 7 * step);
        for (int part = 0; part < 2; part++)
        {
            byte* end = v + (part == 0 ? inputs : units) * sizeof(float);
            if (lanes == 1)
            {
                for (; v < end; v += 2 * sizeof(float), w += row)
                {
                    TV a = TSimd.Set(*(float*)v), b = TSimd.Set(*((float*)v + 1));
                    AddRow(ref q0, a, b, w);
                    if (panel > 1) AddRow(ref q1, a, b, w + chunk);
                    if (panel > 2)
                    {
                        AddRow(ref q2, a, b, w + 2 * chunk);
                        AddRow(ref q3, a, b, w + 3 * chunk);
                    }
                }
            }
            else
            {
                byte* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride, v4 = v3 + stride, v5 = v4 + stride, v6 = v5 + stride, v7 = v6 + stride;
                for (; v < end; v += 8, v1 += 8, v2 += 8, v3 += 8, v4 += 8, v5 += 8, v6 += 8, v7 += 8, w += row, again += row)
                {
                    TV w0 = Low(w, 0), w1 = Low(w, 1), w2 = Low(w, 2), w3 = TCell.Gates == 4 ? Low(w, 3) : w0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q0, TSimd.Set(*(float*)v), w0, w1, w2, w3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q1, TSimd.Set(*(float*)v1), w0, w1, w2, w3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q2, TSimd.Set(*(float*)v2), w0, w1, w2, w3);
                    if (lanes > 3) Quads<TV, TSimd, TCell>.AddShared(ref q3, TSimd.Set(*(float*)v3), w0, w1, w2, w3);
                    if (lanes > 4) Quads<TV, TSimd, TCell>.AddShared(ref q4, TSimd.Set(*(float*)v4), w0, w1, w2, w3);
                    if (lanes > 5) Quads<TV, TSimd, TCell>.AddShared(ref q5, TSimd.Set(*(float*)v5), w0, w1, w2, w3);
                    if (lanes > 6) Quads<TV, TSimd, TCell>.AddShared(ref q6, TSimd.Set(*(float*)v6), w0, w1, w2, w3);
                    if (lanes > 7) Quads<TV, TSimd, TCell>.AddShared(ref q7, TSimd.Set(*(float*)v7), w0, w1, w2, w3);
                    w0 = High(again, 0);
                    w1 = High(again, 1);
                    w2 = High(again, 2);
                    w3 = TCell.Gates == 4 ? High(again, 3) : w0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q0, TSimd.Set(*((float*)v + 1)), w0, w1, w2, w3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q1, TSimd.Set(*((float*)v1 + 1)), w0, w1, w2, w3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q2, TSimd.Set(*((float*)v2 + 1)), w0, w1, w2, w3);
                    if (lanes > 3) Quads<TV, TSimd, TCell>.AddShared(ref q3, TSimd.Set(*((float*)v3 + 1)), w0, w1, w2, w3);
                    if (lanes > 4) Quads<TV, TSimd, TCell>.AddShared(ref q4, TSimd.Set(*((float*)v4 + 1)), w0, w1, w2, w3);
                    if (lanes > 5) Quads<TV, TSimd, TCell>.AddShared(ref q5, TSimd.Set(*((float*)v5 + 1)), w0, w1, w2, w3);
                    if (lanes > 6) Quads<TV, TSimd, TCell>.AddShared(ref q6, TSimd.Set(*((float*)v6 + 1)), w0, w1, w2, w3);
                    if (lanes > 7) Quads<TV, TSimd, TCell>.AddShared(ref q7, TSimd.Set(*((float*)v7 + 1)), w0, w1, w2, w3);
                }
            }
            if (TCell.Gates == 3 && part == 0)
            {
                Quads<TV, TSimd, TCell>.SwapCandidate(ref q0, sums, bias);
                if (count > 1) Quads<TV, TSimd, TCell>.SwapCandidate(ref q1, sums + 4 * n, bias + step);
                if (count > 2) Quads<TV, TSimd, TCell>.SwapCandidate(ref q2, sums + 8 * n, bias + 2 * step);
                if (count > 3) Quads<TV, TSimd, TCell>.SwapCandidate(ref q3, sums + 12 * n, bias + 3 * step);
                if (count > 4) Quads<TV, TSimd, TCell>.SwapCandidate(ref q4, sums + 16 * n, bias + 4 * step);
                if (count > 5) Quads<TV, TSimd, TCell>.SwapCandidate(ref q5, sums + 20 * n, bias + 5 * step);
                if (count > 6) Quads<TV, TSimd, TCell>.SwapCandidate(ref q6, sums + 24 * n, bias + 6 * step);
                if (count > 7) Quads<TV, TSimd, TCell>.SwapCandidate(ref q7, sums + 28 * n, bias + 7 * step);
            }
        }
        Quads<TV, TSimd, TCell>.Finish(ref q0, sums);
        if (count > 1) Quads<TV, TSimd, TCell>.Finish(ref q1, sums + 4 * n);
        if (count > 2) Quads<TV, TSimd, TCell>.Finish(ref q2, sums + 8 * n);
        if (count > 3) Quads<TV, TSimd, TCell>.Finish(ref q3, sums + 12 * n);
        if (count > 4) Quads<TV, TSimd, TCell>.Finish(ref q4, sums + 16 * n);
        if (count > 5) Quads<TV, TSimd, TCell>.Finish(ref q5, sums + 20 * n);
        if (count > 6) Quads<TV, TSimd, TCell>.Finish(ref q6, sums + 24 * n);
        if (count > 7) Quads<TV, TSimd, TCell>.Finish(ref q7, sums + 28 * n);
    }

    [MethodImpl(Inline)]
    private static TV Low(byte* w, int gate) => TFormat.Low<TV, TSimd>(TSimd.Load((float*)w + gate * TSimd.Width));

    [MethodImpl(Inline)]
    private static TV High(byte* w, int gate) => TFormat.High<TV, TSimd>(TSimd.Load((float*)w + gate * TSimd.Width));

    [MethodImpl(Inline)]
    private static void AddRow(ref Quad<TV> q, TV a, TV b, byte* w)
    {
        TV word = TSimd.Load((float*)w);
        q.A = TSimd.Fma(a, TFormat.Low<TV, TSimd>(word), q.A);
        q.A = TSimd.Fma(b, TFormat.High<TV, TSimd>(word), q.A);
        word = TSimd.Load((float*)w + TSimd.Width);
        q.B = TSimd.Fma(a, TFormat.Low<TV, TSimd>(word), q.B);
        q.B = TSimd.Fma(b, TFormat.High<TV, TSimd>(word), q.B);
        word = TSimd.Load((float*)w + 2 * TSimd.Width);
        q.C = TSimd.Fma(a, TFormat.Low<TV, TSimd>(word), q.C);
        q.C = TSimd.Fma(b, TFormat.High<TV, TSimd>(word), q.C);
        if (TCell.Gates == 3) return;
        word = TSimd.Load((float*)w + 3 * TSimd.Width);
        q.D = TSimd.Fma(a, TFormat.Low<TV, TSimd>(word), q.D);
        q.D = TSimd.Fma(b, TFormat.High<TV, TSimd>(word), q.D);
    }
}
