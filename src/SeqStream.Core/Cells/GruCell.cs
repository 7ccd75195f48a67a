namespace SeqStream.Cells;

/// <summary>
/// Gates z (update) and r (reset), candidate n.
/// z = f(W_z x + R_z h), r = f(W_r x + R_r h), h' = (1 - z) n + z h, and
/// n = g(W_n x + R_n (r h)), or with linear_before_reset n = g(W_n x + r (R_n h)). Biases Wb and Rb go with W and R.
/// </summary>
public sealed class GruCell : ScalarCell
{
    private const int Z = 0, R = 1, N = 2;
    private readonly bool _linearBeforeReset;

    internal GruCell(CellWeights weights, CellOptions options)
        : base(weights, options)
    {
        _linearBeforeReset = options.LinearBeforeReset;
    }

    /// <inheritdoc/>
    public override int ScratchFloats => 3 * Weights.HiddenSize;

    /// <inheritdoc/>
    [HotPath]
    public override void Step(ReadOnlySpan<float> x, Span<float> h, Span<float> c, Span<float> scratch)
    {
        CellActivation f = Activations[0], g = Activations[1];
        int units = h.Length;
        Span<float> r = scratch[..units], resetH = scratch.Slice(units, units), next = scratch.Slice(2 * units, units);
        for (int u = 0; u < units; u++)
        {
            r[u] = f.Of(Clip(Input(R, u, x) + Recurrent(R, u, h)));
            resetH[u] = r[u] * h[u];
        }
        for (int u = 0; u < units; u++)
        {
            float z = f.Of(Clip(Input(Z, u, x) + Recurrent(Z, u, h)));
            float recurrent = _linearBeforeReset ? r[u] * Recurrent(N, u, h) : Recurrent(N, u, resetH);
            float n = g.Of(Clip(Input(N, u, x) + recurrent));
            next[u] = (1 - z) * n + z * h[u];
        }
        next.CopyTo(h);
    }
}
