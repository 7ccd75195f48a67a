namespace SeqStream.Cells;

/// <summary>h' = f(W x + Wb + R h + Rb).</summary>
public sealed class RnnCell : ScalarCell
{
    internal RnnCell(CellWeights weights, CellOptions options)
        : base(weights, options)
    {
    }

    /// <inheritdoc/>
    public override int ScratchFloats => Weights.HiddenSize;

    /// <inheritdoc/>
    [HotPath]
    public override void Step(ReadOnlySpan<float> x, Span<float> h, Span<float> c, Span<float> scratch)
    {
        CellActivation f = Activations[0];
        Span<float> next = scratch[..h.Length];
        for (int u = 0; u < h.Length; u++) next[u] = f.Of(Clip(Input(0, u, x) + Recurrent(0, u, h)));
        next.CopyTo(h);
    }
}
