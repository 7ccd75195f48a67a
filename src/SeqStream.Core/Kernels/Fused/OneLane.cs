using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>
/// One step of one lane: a streamed matrix-vector product with the gates applied panel by panel. A panel is P chunks of N units. A sum's k runs
/// in S chains, k mod S within each part (inputs, then hidden units); the bias starts chain 0, and the sum is chain 0 + chain 1. S belongs to
/// the layer's shape and fixes the bits; P belongs to speed. P = 4 goes with S = 1: 16 accumulators are the most.
/// </summary>
[HotPath]
internal static unsafe class OneLane<TV, TSimd, TCell, TPanel, TChains>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TPanel : struct, ICount
    where TChains : struct, ICount
{
    /// <param name="cell">Packed for this width.</param>
    /// <param name="x">[inputs]</param>
    /// <param name="h">[units], updated in place</param>
    /// <param name="c">[units], updated in place; GRU: unused</param>
    /// <param name="y">[units] or null, gets h'</param>
    /// <param name="scratch">See <see cref="FusedScratch"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Step(in PackedCell cell, float* x, float* h, float* c, float* y, byte* scratch)
    {
        if (cell.Chunks != TPanel.Value)
        {
            Sweep(in cell, x, h, c, y, scratch);
            return;
        }
        float* sums = FusedScratch.Sums(scratch);
        Dot(cell.Weights, cell.ChunkStride, cell.Bias, x, h, cell.Inputs, cell.Units, sums);
        ApplyGates(sums, h, c, y, cell.Units, FusedScratch.Tail(scratch));
    }

    /// <summary>A layer of several panels, or of less than one.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    private static void Sweep(in PackedCell cell, float* x, float* h, float* c, float* y, byte* scratch)
    {
        int panels = (int)((uint)cell.Chunks / (uint)TPanel.Value);
        float* sums = FusedScratch.Sums(scratch);
        float* before = FusedScratch.Gathered(scratch); // h' is written while later panels still read h
        Copy(before, h, cell.Units);
        int turns = panels + (cell.Chunks - panels * TPanel.Value);
        bool backwards = FusedScratch.Reverse(scratch);
        for (int i = 0; i < turns; i++)
        {
            int turn = backwards ? turns - 1 - i : i;
            if (turn < panels)
            {
                int chunk = turn * TPanel.Value, unit = chunk * TSimd.Width;
                Dot(cell.Weights + chunk * cell.ChunkStride, cell.ChunkStride, cell.Bias + 4 * unit, x, before, cell.Inputs, cell.Units, sums);
                ApplyGates(sums, h + unit, c + unit, y == null ? null : y + unit, cell.Units - unit, FusedScratch.Tail(scratch));
            }
            else
            {
                int chunk = turn + panels * (TPanel.Value - 1), unit = chunk * TSimd.Width;
                OneLane<TV, TSimd, TCell, One, TChains>.Chunk(in cell, chunk, x, before, h + unit, c + unit, y == null ? null : y + unit, scratch);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* to, float* from, int count)
    {
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width) TSimd.Store(to + i, TSimd.Load(from + i));
        for (; i < count; i++) to[i] = from[i];
    }

    /// <summary>One chunk that is left over where panels do not divide the chunks.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    private static void Chunk(in PackedCell cell, int chunk, float* x, float* before, float* h, float* c, float* y, byte* scratch)
    {
        int unit = chunk * TSimd.Width;
        float* sums = FusedScratch.Sums(scratch);
        Dot(cell.Weights + chunk * cell.ChunkStride, cell.ChunkStride, cell.Bias + 4 * unit, x, before, cell.Inputs, cell.Units, sums);
        ApplyGates(sums, h, c, y, cell.Units - unit, FusedScratch.Tail(scratch));
    }

    /// <summary>
    /// One panel's sums, [P, 4, N]. A method of its own: gates inlined behind these loops run the compiler out of inlining room, and one
    /// helper that is not inlined pins every accumulator to the stack. Splitting the body would do the same.
    /// </summary>
    [MethodImpl(CodeGeneration.Kernel)]
    private static void Dot(float* w, nint chunk, float* bias, float* x, float* h, nint inputs, nint units, float* sums)
    {
        int n = TSimd.Width, panel = TPanel.Value, chains = TChains.Value;
        nint row = TCell.Gates * n;
        Quad<TV> q0 = default, q1 = default, q2 = default, q3 = default;
        Quads<TV, TSimd, TCell>.Start(ref q0, bias);
        if (panel > 1) Quads<TV, TSimd, TCell>.Start(ref q1, bias + 4 * n);
        if (panel > 2)
        {
            Quads<TV, TSimd, TCell>.Start(ref q2, bias + 8 * n);
            Quads<TV, TSimd, TCell>.Start(ref q3, bias + 12 * n);
        }
        for (int part = 0; part < 2; part++)
        {
            float* v = part == 0 ? x : h, all = v + (part == 0 ? inputs : units), end = all - (chains - 1);
            for (; v < end; v += chains, w += chains * row)
            {
                TV a = TSimd.Set(v[0]);
                Quads<TV, TSimd, TCell>.AddRow(ref q0, a, w);
                if (panel > 1) Quads<TV, TSimd, TCell>.AddRow(ref q1, a, w + chunk);
                if (panel > 2)
                {
                    Quads<TV, TSimd, TCell>.AddRow(ref q2, a, w + 2 * chunk);
                    Quads<TV, TSimd, TCell>.AddRow(ref q3, a, w + 3 * chunk);
                }
                if (chains == 2)
                {
                    TV b = TSimd.Set(v[1]);
                    Quads<TV, TSimd, TCell>.AddRow(ref q2, b, w + row);
                    if (panel == 2) Quads<TV, TSimd, TCell>.AddRow(ref q3, b, w + chunk + row);
                }
            }
            if (chains == 2 && v < all) // the last k of an odd part is even: chain 0
            {
                TV a = TSimd.Set(*v);
                Quads<TV, TSimd, TCell>.AddRow(ref q0, a, w);
                if (panel == 2) Quads<TV, TSimd, TCell>.AddRow(ref q1, a, w + chunk);
                w += row;
            }
            if (TCell.Gates == 3 && part == 0)
            {
                if (chains == 2)
                {
                    q0.C = TSimd.Add(q0.C, q2.C);
                    q2.C = TSimd.Set(0f);
                    if (panel == 2)
                    {
                        q1.C = TSimd.Add(q1.C, q3.C);
                        q3.C = TSimd.Set(0f);
                    }
                }
                Quads<TV, TSimd, TCell>.SwapCandidate(ref q0, sums, bias);
                if (panel > 1) Quads<TV, TSimd, TCell>.SwapCandidate(ref q1, sums + 4 * n, bias + 4 * n);
                if (panel > 2)
                {
                    Quads<TV, TSimd, TCell>.SwapCandidate(ref q2, sums + 8 * n, bias + 8 * n);
                    Quads<TV, TSimd, TCell>.SwapCandidate(ref q3, sums + 12 * n, bias + 12 * n);
                }
            }
        }
        if (chains == 2)
        {
            Quads<TV, TSimd, TCell>.AddTo(ref q0, ref q2);
            if (panel == 2) Quads<TV, TSimd, TCell>.AddTo(ref q1, ref q3);
        }
        Quads<TV, TSimd, TCell>.Finish(ref q0, sums);
        if (panel > 1) Quads<TV, TSimd, TCell>.Finish(ref q1, sums + 4 * n);
        if (panel > 2)
        {
            Quads<TV, TSimd, TCell>.Finish(ref q2, sums + 8 * n);
            Quads<TV, TSimd, TCell>.Finish(ref q3, sums + 12 * n);
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void ApplyGates(float* sums, float* h, float* c, float* y, int units, float* tail)
    {
        int n = TSimd.Width, all = Math.Min(units, TPanel.Value * n), u = 0;
        for (; u <= all - n; u += n, sums += 4 * n) FusedGates<TV, TSimd, TCell>.Apply(sums, h + u, c + u, y == null ? null : y + u);
        if (u < all) FusedGates<TV, TSimd, TCell>.ApplyPart(sums, h + u, c + u, y == null ? null : y + u, all - u, tail);
    }
}
