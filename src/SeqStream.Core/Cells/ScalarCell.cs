using System.Collections.Immutable;
using SeqStream.Kernels.Small;
using SeqStream.Weights;

namespace SeqStream.Cells;

/// <summary>
/// A recurrent cell as plain equations: the specification of every kernel, with the complete ONNX semantics of one step. Immutable; any number
/// of threads may step it at once, each with its own scratch memory. Sums run over k in order in float32.
/// </summary>
public abstract class ScalarCell
{
    private readonly float _clip;
    private readonly bool _hasIntegerProducts; // of cells whose kernels have them: the others run the weights' values

    private protected ScalarCell(CellWeights weights, CellOptions options)
    {
        Weights = weights;
        Activations = options.ActivationsOf(weights.Kind);
        if (!(options.Clip >= 0)) throw new ArgumentException($"Clip is {options.Clip}; expected 0 (none) or a positive bound.", nameof(options));
        _hasIntegerProducts = weights.Form.IsInteger() && SmallRule.Runs(weights, options);
        _clip = options.Clip == 0 ? float.PositiveInfinity : options.Clip;
    }

    /// <summary>The weights.</summary>
    public CellWeights Weights { get; }

    /// <summary>Floats of scratch memory that a step needs.</summary>
    public abstract int ScratchFloats { get; }

    /// <summary>Activations in the operator's order, defaults filled in.</summary>
    protected ImmutableArray<CellActivation> Activations { get; }

    /// <summary>The specification of a cell.</summary>
    /// <exception cref="ArgumentException">The options do not fit the cell.</exception>
    public static ScalarCell Create(CellWeights weights, CellOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        return weights.Kind switch
        {
            CellKind.Rnn => new RnnCell(weights, options),
            CellKind.Gru => new GruCell(weights, options),
            _ => new LstmCell(weights, options),
        };
    }

    /// <summary>Advances one lane by one step.</summary>
    /// <param name="x">[input]</param>
    /// <param name="h">[hidden], updated in place</param>
    /// <param name="c">[hidden], updated in place; LSTM only</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/>; contents do not matter.</param>
    public abstract void Step(ReadOnlySpan<float> x, Span<float> h, Span<float> c, Span<float> scratch);

    /// <summary>clamp(x, -clip, clip).</summary>
    protected float Clip(float x) => x > _clip ? _clip : x < -_clip ? -_clip : x;

    /// <summary>Row <paramref name="gate"/> of W x, plus Wb.</summary>
    protected float Input(int gate, int unit, ReadOnlySpan<float> x)
        => _hasIntegerProducts
            ? ScalarByteDot.Add(Weights.StoredInput!, gate * Weights.HiddenSize + unit, x, Bias(gate, unit))
            : Dot(Weights.Input.AsSpan((gate * Weights.HiddenSize + unit) * Weights.InputSize, Weights.InputSize), x, Bias(gate, unit));

    /// <summary>Row <paramref name="gate"/> of R h, plus Rb.</summary>
    protected float Recurrent(int gate, int unit, ReadOnlySpan<float> h)
        => _hasIntegerProducts
            ? ScalarByteDot.Add(Weights.StoredRecurrent!, gate * Weights.HiddenSize + unit, h, Bias(Weights.Gates + gate, unit))
            : Dot(Weights.Recurrent.AsSpan((gate * Weights.HiddenSize + unit) * Weights.HiddenSize, Weights.HiddenSize), h, Bias(Weights.Gates + gate, unit));

    private float Bias(int row, int unit) => Weights.Bias is null ? 0 : Weights.Bias[row * Weights.HiddenSize + unit];

    private static float Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> v, float sum)
    {
        for (int k = 0; k < weights.Length; k++) sum += weights[k] * v[k];
        return sum;
    }
}
