using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>
/// One register tile: M lanes by one chunk of units, all gates. Weight vectors are loaded once per k and used by every lane. Every lane's sum
/// runs over k in the order of <see cref="OneLane{TV,TSimd,TCell,TPanel,TChains}"/> with the same number of chains.
/// </summary>
[HotPath]
internal static unsafe class LaneTile<TV, TSimd, TCell, TLanes, TChains>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TLanes : struct, ICount
    where TChains : struct, ICount
{
    /// <summary>
    /// The tile's sums. Two chains: quads 0 to 2 hold chain 0 and quads 3 to 5 chain 1 of up to 3 lanes. One method, because a helper that is
    /// not inlined would pin every accumulator to the stack.
    /// </summary>
    /// <param name="w">This chunk's weights.</param>
    /// <param name="bias">This chunk's biases, [4, N].</param>
    /// <param name="v">Lanes' inputs, then hidden units, [M, stride].</param>
    /// <param name="stride">Floats from a lane to the next.</param>
    /// <param name="inputs">Inputs of a lane.</param>
    /// <param name="units">Hidden units of a lane.</param>
    /// <param name="sums">[M, 4, N], written</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Dot(float* w, float* bias, float* v, nint stride, nint inputs, nint units, float* sums)
    {
        int n = TSimd.Width, lanes = TLanes.Value, chains = TChains.Value;
        nint row = TCell.Gates * n;
        Quad<TV> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        Quads<TV, TSimd, TCell>.Start(ref q0, bias);
        if (lanes > 1) Quads<TV, TSimd, TCell>.Start(ref q1, bias);
        if (lanes > 2) Quads<TV, TSimd, TCell>.Start(ref q2, bias);
        if (lanes > 3) Quads<TV, TSimd, TCell>.Start(ref q3, bias);
        if (lanes > 4) Quads<TV, TSimd, TCell>.Start(ref q4, bias);
        if (lanes > 5) Quads<TV, TSimd, TCell>.Start(ref q5, bias);
        if (lanes > 6) Quads<TV, TSimd, TCell>.Start(ref q6, bias);
        if (lanes > 7) Quads<TV, TSimd, TCell>.Start(ref q7, bias);
        for (int part = 0; part < 2; part++)
        {
            float* end = v + (part == 0 ? inputs : units) - (chains - 1);
            float* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride, v4 = v3 + stride, v5 = v4 + stride, v6 = v5 + stride, v7 = v6 + stride;
            if (chains == 1)
            {
                for (; v < end; v++, v1++, v2++, v3++, v4++, v5++, v6++, v7++, w += row)
                {
                    TV w0 = TSimd.Load(w), w1 = TSimd.Load(w + n), w2 = TSimd.Load(w + 2 * n), w3 = TCell.Gates == 4 ? TSimd.Load(w + 3 * n) : w0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q0, TSimd.Set(*v), w0, w1, w2, w3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q1, TSimd.Set(*v1), w0, w1, w2, w3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q2, TSimd.Set(*v2), w0, w1, w2, w3);
                    if (lanes > 3) Quads<TV, TSimd, TCell>.AddShared(ref q3, TSimd.Set(*v3), w0, w1, w2, w3);
                    if (lanes > 4) Quads<TV, TSimd, TCell>.AddShared(ref q4, TSimd.Set(*v4), w0, w1, w2, w3);
                    if (lanes > 5) Quads<TV, TSimd, TCell>.AddShared(ref q5, TSimd.Set(*v5), w0, w1, w2, w3);
                    if (lanes > 6) Quads<TV, TSimd, TCell>.AddShared(ref q6, TSimd.Set(*v6), w0, w1, w2, w3);
                    if (lanes > 7) Quads<TV, TSimd, TCell>.AddShared(ref q7, TSimd.Set(*v7), w0, w1, w2, w3);
                }
            }
            else
            {
                for (; v < end; v += 2, v1 += 2, v2 += 2, w += 2 * row)
                {
                    TV w0 = TSimd.Load(w), w1 = TSimd.Load(w + n), w2 = TSimd.Load(w + 2 * n), w3 = TCell.Gates == 4 ? TSimd.Load(w + 3 * n) : w0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q0, TSimd.Set(*v), w0, w1, w2, w3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q1, TSimd.Set(*v1), w0, w1, w2, w3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q2, TSimd.Set(*v2), w0, w1, w2, w3);
                    float* u = w + row;
                    TV u0 = TSimd.Load(u), u1 = TSimd.Load(u + n), u2 = TSimd.Load(u + 2 * n), u3 = TCell.Gates == 4 ? TSimd.Load(u + 3 * n) : u0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q3, TSimd.Set(v[1]), u0, u1, u2, u3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q4, TSimd.Set(v1[1]), u0, u1, u2, u3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q5, TSimd.Set(v2[1]), u0, u1, u2, u3);
                }
                if (v == end) // the last k of an odd part is even: chain 0
                {
                    TV w0 = TSimd.Load(w), w1 = TSimd.Load(w + n), w2 = TSimd.Load(w + 2 * n), w3 = TCell.Gates == 4 ? TSimd.Load(w + 3 * n) : w0;
                    Quads<TV, TSimd, TCell>.AddShared(ref q0, TSimd.Set(*v), w0, w1, w2, w3);
                    if (lanes > 1) Quads<TV, TSimd, TCell>.AddShared(ref q1, TSimd.Set(*v1), w0, w1, w2, w3);
                    if (lanes > 2) Quads<TV, TSimd, TCell>.AddShared(ref q2, TSimd.Set(*v2), w0, w1, w2, w3);
                    v++;
                    w += row;
                }
            }
            if (TCell.Gates == 3 && part == 0)
            {
                if (chains == 2)
                {
                    TV zero = TSimd.Set(0f);
                    q0.C = TSimd.Add(q0.C, q3.C);
                    q3.C = zero;
                    if (lanes > 1)
                    {
                        q1.C = TSimd.Add(q1.C, q4.C);
                        q4.C = zero;
                    }
                    if (lanes > 2)
                    {
                        q2.C = TSimd.Add(q2.C, q5.C);
                        q5.C = zero;
                    }
                }
                Quads<TV, TSimd, TCell>.SwapCandidate(ref q0, sums, bias);
                if (lanes > 1) Quads<TV, TSimd, TCell>.SwapCandidate(ref q1, sums + 4 * n, bias);
                if (lanes > 2) Quads<TV, TSimd, TCell>.SwapCandidate(ref q2, sums + 8 * n, bias);
                if (lanes > 3) Quads<TV, TSimd, TCell>.SwapCandidate(ref q3, sums + 12 * n, bias);
                if (lanes > 4) Quads<TV, TSimd, TCell>.SwapCandidate(ref q4, sums + 16 * n, bias);
                if (lanes > 5) Quads<TV, TSimd, TCell>.SwapCandidate(ref q5, sums + 20 * n, bias);
                if (lanes > 6) Quads<TV, TSimd, TCell>.SwapCandidate(ref q6, sums + 24 * n, bias);
                if (lanes > 7) Quads<TV, TSimd, TCell>.SwapCandidate(ref q7, sums + 28 * n, bias);
            }
        }
        if (chains == 2)
        {
            Quads<TV, TSimd, TCell>.AddTo(ref q0, ref q3);
            if (lanes > 1) Quads<TV, TSimd, TCell>.AddTo(ref q1, ref q4);
            if (lanes > 2) Quads<TV, TSimd, TCell>.AddTo(ref q2, ref q5);
        }
        Quads<TV, TSimd, TCell>.Finish(ref q0, sums);
        if (lanes > 1) Quads<TV, TSimd, TCell>.Finish(ref q1, sums + 4 * n);
        if (lanes > 2) Quads<TV, TSimd, TCell>.Finish(ref q2, sums + 8 * n);
        if (lanes > 3) Quads<TV, TSimd, TCell>.Finish(ref q3, sums + 12 * n);
        if (lanes > 4) Quads<TV, TSimd, TCell>.Finish(ref q4, sums + 16 * n);
        if (lanes > 5) Quads<TV, TSimd, TCell>.Finish(ref q5, sums + 20 * n);
        if (lanes > 6) Quads<TV, TSimd, TCell>.Finish(ref q6, sums + 24 * n);
        if (lanes > 7) Quads<TV, TSimd, TCell>.Finish(ref q7, sums + 28 * n);
    }
}
