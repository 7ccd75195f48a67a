namespace SeqStream.Kernels.Dense;

/// <summary>The specification of a dense layer: bias first, then k in order.</summary>
internal sealed unsafe class ScalarDense : DenseLayer
{
    private readonly float[] _weights; // [n, k]
    private readonly float[] _bias; // [n]

    public ScalarDense(ReadOnlySpan<float> weights, int k, int n, bool transposed, ReadOnlySpan<float> bias)
        : base(k, n)
    {
        _weights = new float[(long)k * n];
        for (int column = 0; column < n; column++)
        {
            for (int row = 0; row < k; row++) _weights[column * k + row] = transposed ? weights[column * k + row] : weights[row * n + column];
        }
        _bias = bias.IsEmpty ? new float[n] : bias.ToArray();
    }

    protected override int LargestTile => 1;

    [HotPath]
    public override void Multiply(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        for (int row = 0; row < rows; row++, x += xRowStride, y += yRowStride)
        {
            for (int column = 0; column < Columns; column++)
            {
                float sum = _bias[column];
                for (int k = 0; k < K; k++) sum += ((float*)x)[k] * _weights[column * K + k];
                ((float*)y)[column] = sum;
            }
        }
    }
}
