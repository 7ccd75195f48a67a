using SeqStream.Cells;
using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>
/// Which layers run on their weights as they are stored. The others run on the weights' float32 values: a small matrix is near anyway, and widening it, or rounding
/// activations, would cost more than is gained. A function of options and shape alone, so that integer products are the same numbers on every machine.
/// </summary>
internal static class SmallRule
{
    private const int LeastCellElements = 12 * 1024;
    private const int LeastDenseElements = 16 * 1024;
    private const int MostDenseColumns = 1 << 14; // a row's activations are gathered on the stack

    /// <summary>True for LSTM and GRU as frameworks train them, from the size on at which their weights leave the nearest cache.</summary>
    public static bool Runs(CellWeights weights, CellOptions options)
        => weights.Form != WeightForm.Float32 && options.IsPlain(weights) && (long)weights.Input.Length + weights.Recurrent.Length >= LeastCellElements;

    /// <summary>True for dense layers from the size on at which it pays.</summary>
    public static bool Runs(StoredMatrix weights) => (long)weights.Rows * weights.Columns >= LeastDenseElements && weights.Columns <= MostDenseColumns;
}
