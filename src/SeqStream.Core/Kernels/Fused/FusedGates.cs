using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>The nonlinear half of a step, for one chunk of units of one lane.</summary>
[HotPath]
internal static unsafe class FusedGates<TV, TSimd, TCell>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
{
    /// <summary>
    /// LSTM: c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'). GRU: n = tanh(xn + s(r) hn), h' = n + s(z) (h - n).
    /// </summary>
    /// <param name="sums">[4, N]</param>
    /// <param name="h">[N], updated in place</param>
    /// <param name="c">[N], updated in place; GRU: unused</param>
    /// <param name="y">[N] or null, gets h'</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(float* sums, float* h, float* c, float* y)
    {
        int n = TSimd.Width;
        TV next;
        if (TCell.Gates == 4)
        {
            TV input = TSimd.Mul(Activations<TV, TSimd>.Sigmoid(TSimd.Load(sums)), Activations<TV, TSimd>.Tanh(TSimd.Load(sums + 3 * n)));
            TV cell = TSimd.Fma(Activations<TV, TSimd>.Sigmoid(TSimd.Load(sums + 2 * n)), TSimd.Load(c), input);
            TSimd.Store(c, cell);
            next = TSimd.Mul(Activations<TV, TSimd>.Sigmoid(TSimd.Load(sums + n)), Activations<TV, TSimd>.Tanh(cell));
        }
        else
        {
            TV z = Activations<TV, TSimd>.Sigmoid(TSimd.Load(sums)), r = Activations<TV, TSimd>.Sigmoid(TSimd.Load(sums + n));
            TV candidate = Activations<TV, TSimd>.Tanh(TSimd.Fma(r, TSimd.Load(sums + 3 * n), TSimd.Load(sums + 2 * n)));
            next = TSimd.Fma(z, TSimd.Sub(TSimd.Load(h), candidate), candidate);
        }
        TSimd.Store(h, next);
        if (y != null) TSimd.Store(y, next);
    }

    /// <summary><see cref="Apply"/> on the first <paramref name="units"/> units of a chunk; memory beyond them is neither read nor written.</summary>
    /// <param name="sums">[4, N]</param>
    /// <param name="h">[units]</param>
    /// <param name="c">[units]</param>
    /// <param name="y">[units] or null</param>
    /// <param name="units">Fewer than N.</param>
    /// <param name="tail">[2, N] scratch</param>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void ApplyPart(float* sums, float* h, float* c, float* y, int units, float* tail)
    {
        int n = TSimd.Width;
        for (int u = 0; u < units; u++)
        {
            tail[u] = h[u];
            if (TCell.Gates == 4) tail[n + u] = c[u];
        }
        Apply(sums, tail, tail + n, null);
        for (int u = 0; u < units; u++)
        {
            h[u] = tail[u];
            if (TCell.Gates == 4) c[u] = tail[n + u];
            if (y != null) y[u] = tail[u];
        }
    }
}
