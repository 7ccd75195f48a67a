using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>The specification of a dense layer with integer weights.</summary>
internal sealed unsafe class ScalarByteDense(StoredMatrix weights, float[] bias) : DenseLayer(weights.Columns, weights.Rows)
{
    protected override int LargestTile => 1;

    [HotPath]
    public override void Multiply(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        for (int row = 0; row < rows; row++, x += xRowStride, y += yRowStride)
        {
            for (int column = 0; column < Columns; column++) ((float*)y)[column] = ScalarByteDot.Add(weights, column, new ReadOnlySpan<float>(x, K), bias[column]);
        }
    }
}
