namespace SeqStream.Weights;

public sealed class StoredMatrixTests
{
    private static readonly Random s_random = new(9);

    public static TheoryData<WeightForm> SmallForms() => [WeightForm.BFloat16, WeightForm.Float16, WeightForm.Int8, WeightForm.Int4];

    /// <summary>Largest rounding error, of the largest weight that shares a scale with it; 16-bit forms round each weight by itself.</summary>
    [Theory]
    [InlineData(WeightForm.BFloat16, 1 / 256f)]
    [InlineData(WeightForm.Float16, 1 / 2048f)]
    [InlineData(WeightForm.Int8, 0.5f / 127)]
    [InlineData(WeightForm.Int4, 0.31f)]
    public void Values_are_near(WeightForm form, float most)
    {
        const int Rows = 7, Columns = 45;
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(static i => (s_random.NextSingle() - 0.5f) * (1 + i / Columns))];
        StoredMatrix matrix = StoredMatrix.TryOf(form, Rows, Columns, values)!;
        float[] wide = matrix.Widen();
        for (int row = 0; row < Rows; row++)
        {
            float largest = values[(row * Columns)..((row + 1) * Columns)].Max(MathF.Abs);
            for (int column = 0; column < Columns; column++)
            {
                float scale = form.IsInteger() ? largest : MathF.Abs(values[row * Columns + column]);
                Assert.InRange(MathF.Abs(values[row * Columns + column] - wide[row * Columns + column]), 0, most * scale * 1.001f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void Values_of_a_form_are_kept_by_it(WeightForm form)
    {
        const int Rows = 3, Columns = 40;
        int most = form == WeightForm.Int8 ? 127 : 7;
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)Math.Round(most * (2 * s_random.NextSingle() - 1)))];
        for (int group = 0; group < values.Length; group += 8) values[group] = most; // every group of every form reaches it
        Assert.Equal(values, StoredMatrix.TryOf(form, Rows, Columns, values)!.Widen());
    }

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void Zeros_stay_zeros(WeightForm form) => Assert.All(StoredMatrix.TryOf(form, 2, 33, new float[66])!.Widen(), static value => Assert.Equal(0, value));

    [Theory]
    [MemberData(nameof(SmallForms))]
    public void What_is_not_finite_is_not_stored(WeightForm form)
    {
        foreach (float value in (ReadOnlySpan<float>)[float.NaN, float.PositiveInfinity]) Assert.Null(StoredMatrix.TryOf(form, 1, 3, [1, value, 2]));
    }

    [Fact]
    public void What_half_precision_cannot_hold_is_not_stored() => Assert.Null(StoredMatrix.TryOf(WeightForm.Float16, 1, 2, [1, 70000]));

    [Fact]
    public void Rows_longer_than_integer_sums_hold_are_not_stored()
    {
        const int Columns = StoredMatrix.MostIntegerColumns + 1;
        Assert.Null(StoredMatrix.TryOf(WeightForm.Int8, 1, Columns, new float[Columns]));
        Assert.NotNull(StoredMatrix.TryOf(WeightForm.Float16, 1, Columns, new float[Columns]));
    }

    [Fact]
    public void Groups_that_kernels_do_not_take_are_not_stored()
    {
        Assert.Null(StoredMatrix.TryOfCodes(WeightForm.Int8, 1, 20, 5, new sbyte[20], new float[4]));
        Assert.Null(StoredMatrix.TryOfCodes(WeightForm.Int8, 1, 2, 2, new sbyte[2], [float.NaN]));
        Assert.Null(StoredMatrix.TryOfCodes(WeightForm.Int8, 1, 2, 2, [1, -128], [1]));
        Assert.Equal(3, StoredMatrix.TryOfCodes(WeightForm.Int8, 1, 20, 8, new sbyte[20], new float[3])!.Groups);
    }

    [Fact]
    public void Codes_and_scales_must_fit_the_sizes()
    {
        Assert.Throws<ArgumentException>(() => StoredMatrix.TryOfCodes(WeightForm.Int8, 2, 8, 8, new sbyte[15], new float[2]));
        Assert.Throws<ArgumentException>(() => StoredMatrix.TryOfCodes(WeightForm.Int8, 2, 8, 8, new sbyte[16], new float[3]));
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => StoredMatrix.TryOfCodes(WeightForm.Int4, 1, 2, 2, [1, 9], [1]));
        Assert.Contains("outside -8 to 7", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightForm.Float16, 2 * 64)]
    [InlineData(WeightForm.Int8, 64 + 2 * 4)]
    [InlineData(WeightForm.Int4, 32 + 2 * 4)]
    public void Bytes_are_those_of_elements_and_scales(WeightForm form, long bytes) => Assert.Equal(bytes, StoredMatrix.TryOf(form, 2, 32, new float[64])!.ByteCount);
}
