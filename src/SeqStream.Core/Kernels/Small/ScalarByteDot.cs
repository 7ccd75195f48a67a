using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>The specification of a sum over integer weights: activations rounded to 8 bits with one scale, exact sums of products within a group, both scales applied once for each group.</summary>
internal static class ScalarByteDot
{
    private const float Smallest = 1e-30f;
    private const int Most = 127;

    /// <summary>sum + a row of the matrix times <paramref name="v"/>.</summary>
    public static float Add(StoredMatrix matrix, int row, ReadOnlySpan<float> v, float sum)
    {
        float largest = 0;
        foreach (float value in v) largest = MathF.Max(largest, MathF.Abs(value));
        float inverse = largest < Smallest ? 0 : Most / largest, scale = largest < Smallest ? 0 : float.IsFinite(largest) ? largest / Most : float.NaN;
        ReadOnlySpan<sbyte> codes = matrix.Codes.Slice(row * matrix.Columns, matrix.Columns);
        for (int group = 0; group < matrix.Groups; group++)
        {
            int from = group * matrix.GroupColumns, end = Math.Min(from + matrix.GroupColumns, codes.Length), products = 0;
            for (int k = from; k < end; k++) products += codes[k] * Code(v[k], inverse);
            sum += products * (scale * matrix.Scales[row * matrix.Groups + group]);
        }
        return sum;
    }

    private static int Code(float value, float inverse) => float.IsFinite(value) ? (int)MathF.Round(value * inverse) : 0;
}
