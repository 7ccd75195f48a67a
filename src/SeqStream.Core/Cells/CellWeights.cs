using System.Collections.Immutable;

namespace SeqStream.Cells;

/// <summary>Weights of one direction of one recurrent layer, in ONNX's order and layout. Gate order: RNN i; GRU z r h; LSTM i o f c.</summary>
public sealed class CellWeights
{
    /// <summary>Takes ownership of the arrays, which nobody may change afterwards.</summary>
    /// <param name="kind">The cell.</param>
    /// <param name="inputSize">Features per step, at least 1.</param>
    /// <param name="hiddenSize">Units, at least 1.</param>
    /// <param name="input">[gates * hidden, input]</param>
    /// <param name="recurrent">[gates * hidden, hidden]</param>
    /// <param name="bias">[2 * gates * hidden]: input biases, then recurrent biases; null for zeros</param>
    /// <param name="peepholes">[3 * hidden] rows i o f, LSTM only; null for none</param>
    /// <exception cref="ArgumentException">An array's length does not fit the sizes.</exception>
    public CellWeights(CellKind kind, int inputSize, int hiddenSize, float[] input, float[] recurrent, float[]? bias = null, float[]? peepholes = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(recurrent);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        Kind = kind;
        InputSize = inputSize;
        HiddenSize = hiddenSize;
        Expect(nameof(input), input.Length, (long)Gates * hiddenSize * inputSize);
        Expect(nameof(recurrent), recurrent.Length, (long)Gates * hiddenSize * hiddenSize);
        if (bias is not null) Expect(nameof(bias), bias.Length, 2L * Gates * hiddenSize);
        if (peepholes is not null) Expect(nameof(peepholes), peepholes.Length, kind == CellKind.Lstm ? 3L * hiddenSize : 0);
        Input = input;
        Recurrent = recurrent;
        Bias = bias;
        Peepholes = peepholes;
    }

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>Features per step.</summary>
    public int InputSize { get; }

    /// <summary>Units.</summary>
    public int HiddenSize { get; }

    /// <summary>Gates of the cell: 1, 3 or 4.</summary>
    public int Gates => Kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };

    /// <summary>[gates * hidden, input]</summary>
    public float[] Input { get; }

    /// <summary>[gates * hidden, hidden]</summary>
    public float[] Recurrent { get; }

    /// <summary>[2 * gates * hidden], or null for zeros.</summary>
    public float[]? Bias { get; }

    /// <summary>[3 * hidden] rows i o f, or null.</summary>
    public float[]? Peepholes { get; }

    /// <summary>All arrays there are.</summary>
    public ImmutableArray<float[]> Arrays => [Input, Recurrent, .. Bias is null ? [] : new[] { Bias }, .. Peepholes is null ? [] : new[] { Peepholes }];

    private void Expect(string name, long found, long expected)
    {
        if (found != expected) throw new ArgumentException($"{Kind} with {InputSize} inputs and {HiddenSize} units needs {expected} values of '{name}', but {found} were given.", name);
    }
}
