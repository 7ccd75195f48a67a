using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>
/// The sums of a layer as chunks of N units with all their gates: a recurrent layer's units, or a dense layer's columns, of which a chunk takes 4 N and calls
/// each N of them a gate. Two parts of a sum have weights of their own: inputs and hidden units; a dense layer has the first alone.
/// </summary>
internal sealed class SmallShape
{
    private readonly bool _isDense;
    private readonly int _rows;    // sums of a gate, or columns of a dense layer
    private readonly float[] _bias; // [4, units], or [columns]

    private SmallShape(bool isDense, StoredMatrix input, StoredMatrix? recurrent, int gates, int rows, float[] bias)
    {
        (_isDense, Input, Recurrent, Gates, _rows, _bias) = (isDense, input, recurrent, gates, rows, bias);
    }

    /// <summary>[rows, inputs]</summary>
    public StoredMatrix Input { get; }

    /// <summary>[rows, units], or null.</summary>
    public StoredMatrix? Recurrent { get; }

    /// <summary>Weight rows per unit: 4, or 3 for GRU.</summary>
    public int Gates { get; }

    /// <summary>A recurrent layer.</summary>
    /// <param name="input">[gates * units, inputs]</param>
    /// <param name="recurrent">[gates * units, units]</param>
    /// <param name="units">Hidden units.</param>
    /// <param name="bias">[4, units]; GRU: z, r, the candidate's input part, the candidate's recurrent part</param>
    public static SmallShape OfCell(StoredMatrix input, StoredMatrix recurrent, int units, float[] bias) => new(false, input, recurrent, input.Rows / units, units, bias);

    /// <summary>A dense layer.</summary>
    /// <param name="weights">[columns, inner]</param>
    /// <param name="bias">[columns]</param>
    public static SmallShape OfDense(StoredMatrix weights, float[] bias) => new(true, weights, null, 4, weights.Rows, bias);

    /// <summary>Chunks for gates of <paramref name="width"/> units.</summary>
    public int Chunks(int width)
    {
        int chunk = _isDense ? 4 * width : width;
        return (_rows + chunk - 1) / chunk;
    }

    /// <summary>The weight row of a gate of a unit; -1 where the last chunk is not full.</summary>
    public int RowOf(int width, int chunk, int gate, int unit)
    {
        int row = _isDense ? (chunk * 4 + gate) * width + unit : chunk * width + unit;
        return row >= _rows ? -1 : _isDense ? row : gate * _rows + row;
    }

    /// <summary>The bias of one of the four sums of a unit; 0 where the last chunk is not full.</summary>
    public float BiasOf(int width, int chunk, int slot, int unit)
    {
        int row = _isDense ? (chunk * 4 + slot) * width + unit : chunk * width + unit;
        return row >= _rows ? 0 : _bias[_isDense ? row : slot * _rows + row];
    }
}
