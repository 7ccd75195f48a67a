using System.Collections.Immutable;
using SeqStream.Weights;

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

    /// <summary>Weights of which W and R are stored in a small form. Takes ownership of the arrays.</summary>
    /// <param name="kind">The cell.</param>
    /// <param name="input">[gates * hidden, input]</param>
    /// <param name="recurrent">[gates * hidden, hidden], in the same form</param>
    /// <param name="bias">[2 * gates * hidden]: input biases, then recurrent biases; null for zeros</param>
    /// <param name="peepholes">[3 * hidden] rows i o f, LSTM only; null for none</param>
    /// <exception cref="ArgumentException">Sizes or forms do not go together.</exception>
    public CellWeights(CellKind kind, StoredMatrix input, StoredMatrix recurrent, float[]? bias, float[]? peepholes)
        : this(kind, ColumnsOf(input), ColumnsOf(recurrent), input.Widen(), recurrent.Widen(), bias, peepholes)
    {
        if (input.Form != recurrent.Form) throw new ArgumentException($"W is stored as {input.Form.ShortName()}, but R as {recurrent.Form.ShortName()}; expected one form.", nameof(recurrent));
        (StoredInput, StoredRecurrent) = (input, recurrent);
    }

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>Features per step.</summary>
    public int InputSize { get; }

    /// <summary>Units.</summary>
    public int HiddenSize { get; }

    /// <summary>Gates of the cell: 1, 3 or 4.</summary>
    public int Gates => Kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };

    /// <summary>How W and R are stored.</summary>
    public WeightForm Form => StoredInput?.Form ?? WeightForm.Float32;

    /// <summary>W in a small form, whose values <see cref="Input"/> has; null for float32.</summary>
    public StoredMatrix? StoredInput { get; }

    /// <summary>R in a small form, whose values <see cref="Recurrent"/> has; null for float32.</summary>
    public StoredMatrix? StoredRecurrent { get; }

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

    /// <summary>Bytes of all arrays as they are stored.</summary>
    public long ByteCount => (StoredInput?.ByteCount ?? (long)Input.Length * sizeof(float)) + (StoredRecurrent?.ByteCount ?? (long)Recurrent.Length * sizeof(float))
        + ((Bias?.Length ?? 0) + (Peepholes?.Length ?? 0)) * (long)sizeof(float);

    /// <summary>The small matrices: W and R, or none.</summary>
    internal ImmutableArray<StoredMatrix> Stored => StoredInput is null ? [] : [StoredInput, StoredRecurrent!];

    /// <summary>The same cell with W and R rounded to a form, or for float32 with their values; itself if it has that form already, or if the form cannot hold its values.</summary>
    public CellWeights To(WeightForm form)
    {
        if (form == Form) return this;
        if (form == WeightForm.Float32) return new CellWeights(Kind, InputSize, HiddenSize, Input, Recurrent, Bias, Peepholes);
        StoredMatrix? input = StoredMatrix.TryOf(form, Gates * HiddenSize, InputSize, Input), recurrent = StoredMatrix.TryOf(form, Gates * HiddenSize, HiddenSize, Recurrent);
        return input is null || recurrent is null ? this : new CellWeights(Kind, input, recurrent, Bias, Peepholes);
    }

    private static int ColumnsOf(StoredMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.Columns;
    }

    private void Expect(string name, long found, long expected)
    {
        if (found != expected) throw new ArgumentException($"{Kind} with {InputSize} inputs and {HiddenSize} units needs {expected} values of '{name}', but {found} were given.", name);
    }
}
