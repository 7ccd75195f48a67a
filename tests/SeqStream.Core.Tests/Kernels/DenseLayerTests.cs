using SeqStream.TestSupport;

namespace SeqStream.Kernels;

public sealed unsafe class DenseLayerTests
{
    private const float Guard = 77.5f;
    private static readonly int[] s_sizes = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 50, 63, 64, 65, 100, 127, 128, 130, 200];

    public static TheoryData<InstructionSet> Sets() => [.. KernelChoice.Available.Select(static choice => choice.InstructionSet)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Multiply_equals_double(InstructionSet set)
    {
        Random random = new(3);
        for (int i = 0; i < 150; i++)
        {
            int k = s_sizes[random.Next(s_sizes.Length)], n = s_sizes[random.Next(s_sizes.Length)], rows = 1 + random.Next(20);
            float[] w = Uniform(random, k * n), b = Uniform(random, n), x = Uniform(random, rows * k);
            bool transposed = random.Next(2) == 0, withBias = random.Next(3) > 0;
            DenseLayer layer = DenseLayer.Pack(w, k, n, transposed, withBias ? b : [], KernelChoice.For(set));
            float[] y = Multiply(layer, x, rows);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    double sum = withBias ? b[column] : 0;
                    for (int j = 0; j < k; j++) sum += (double)x[row * k + j] * (transposed ? w[column * k + j] : w[j * n + column]);
                    Assert.Equal(sum, y[row * n + column], 2e-5);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_row_has_the_same_bits_among_any_number_of_rows(InstructionSet set)
    {
        Random random = new(4);
        for (int i = 0; i < 200; i++)
        {
            int k = s_sizes[random.Next(s_sizes.Length)], n = s_sizes[random.Next(s_sizes.Length)], rows = 1 + random.Next(30);
            float[] x = Uniform(random, rows * k);
            DenseLayer layer = DenseLayer.Pack(Uniform(random, k * n), k, n, true, Uniform(random, n), KernelChoice.For(set));
            float[] y = Multiply(layer, x, rows);
            for (int row = 0; row < rows; row++)
            {
                float[] alone = Multiply(layer, x[(row * k)..((row + 1) * k)], 1);
                Assert.True(alone.AsSpan().SequenceEqual(y.AsSpan(row * n, n)), $"{k} x {n}: row {row} of {rows} differs from the row alone.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Multiply_allocates_nothing(InstructionSet set)
    {
        DenseLayer layer = DenseLayer.Pack(new float[20 * 70], 20, 70, true, [], KernelChoice.For(set));
        using AlignedBuffer x = new(9 * 80), y = new(9 * 280);
        layer.Prewarm(9);
        layer.Multiply(x.Pointer, 80, 9, y.Pointer, 280);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int rows = 1; rows <= 9; rows++) layer.Multiply(x.Pointer, 80, rows, y.Pointer, 280);
        }));
    }

    [Fact]
    public void Pack_refuses_weights_of_another_size()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => DenseLayer.Pack(new float[11], 3, 4, false, [], KernelChoice.Best));
        Assert.Contains("needs 12 weights, but 11 were given", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>x lies right before and after NaN, y among guards.</summary>
    private static float[] Multiply(DenseLayer layer, float[] x, int rows)
    {
        int k = layer.K, n = layer.Columns, xStride = k + 3, yStride = n + 5;
        float[] xs = new float[rows * xStride + 20], ys = new float[rows * yStride + 80], dense = new float[rows * n];
        Array.Fill(xs, float.NaN);
        Array.Fill(ys, Guard);
        for (int row = 0; row < rows; row++) x.AsSpan(row * k, k).CopyTo(xs.AsSpan(1 + row * xStride));
        fixed (float* px = xs, py = ys) layer.Multiply((byte*)(px + 1), xStride * 4, rows, (byte*)py, yStride * 4);
        for (int row = 0; row < rows; row++) ys.AsSpan(row * yStride, n).CopyTo(dense.AsSpan(row * n));
        for (int i = 0; i < ys.Length; i++)
        {
            if (i % yStride >= n || i >= rows * yStride) Assert.Equal(Guard, ys[i]);
        }
        return dense;
    }

    private static float[] Uniform(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
}
