namespace SeqStream.Cells;

/// <summary>
/// Gates i (input), o (output), f (forget), candidate g, cell c.
/// i = f(W_i x + R_i h + P_i c), f = f(W_f x + R_f h + P_f c) or 1 - i with input_forget, g = g(W_c x + R_c h),
/// c' = f c + i g, o = f(W_o x + R_o h + P_o c'), h' = o h(c'). Biases Wb and Rb go with W and R; the cell's own activation h is not clipped.
/// </summary>
public sealed class LstmCell : ScalarCell
{
    private const int I = 0, O = 1, F = 2, C = 3;
    private readonly bool _inputForget;

    internal LstmCell(CellWeights weights, CellOptions options)
        : base(weights, options)
    {
        _inputForget = options.InputForget;
    }

    /// <inheritdoc/>
    public override int ScratchFloats => Weights.HiddenSize;

    /// <inheritdoc/>
    [HotPath]
    public override void Step(ReadOnlySpan<float> x, Span<float> h, Span<float> c, Span<float> scratch)
    {
        CellActivation gate = Activations[0], candidate = Activations[1], output = Activations[2];
        Span<float> next = scratch[..h.Length];
        for (int u = 0; u < h.Length; u++)
        {
            float i = gate.Of(Clip(Input(I, u, x) + Recurrent(I, u, h) + Peephole(I, u) * c[u]));
            float f = _inputForget ? 1 - i : gate.Of(Clip(Input(F, u, x) + Recurrent(F, u, h) + Peephole(F, u) * c[u]));
            float g = candidate.Of(Clip(Input(C, u, x) + Recurrent(C, u, h)));
            c[u] = f * c[u] + i * g;
            float o = gate.Of(Clip(Input(O, u, x) + Recurrent(O, u, h) + Peephole(O, u) * c[u]));
            next[u] = o * output.Of(c[u]);
        }
        next.CopyTo(h);
    }

    /// <summary>Peephole rows are i o f, as the gates'.</summary>
    private float Peephole(int gate, int unit) => Weights.Peepholes is null ? 0 : Weights.Peepholes[gate * Weights.HiddenSize + unit];
}
