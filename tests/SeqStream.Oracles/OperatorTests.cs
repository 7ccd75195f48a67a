using SeqStream.Plan;

namespace SeqStream.Oracles;

/// <summary>Operators that few models use, against ONNX Runtime on the same numbers.</summary>
public class OperatorTests
{
    private static readonly float[] s_odd = [0, -0f, 1, -1, 0.5f, -0.5f, 1.5f, -1.5f, 2.5f, -2.5f, 3.49999f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-30f, -1e30f, 8388609.5f, 16777217];

    [Theory]
    [InlineData("Sin", -20, 20)]
    [InlineData("Cos", -20, 20)]
    [InlineData("Tan", -1.5, 1.5)]
    [InlineData("Asin", -1, 1)]
    [InlineData("Acos", -1, 1)]
    [InlineData("Atan", -30, 30)]
    [InlineData("Sinh", -8, 8)]
    [InlineData("Cosh", -8, 8)]
    [InlineData("Tanh", -8, 8)]
    [InlineData("Asinh", -30, 30)]
    [InlineData("Acosh", 1, 30)]
    [InlineData("Atanh", -0.999, 0.999)]
    public void Trigonometric_functions_equal_those_of_the_runtime(string @operator, double low, double high)
    {
        foreach (int count in (int[])[1, 7, 64, 131])
        {
            Random random = new(count);
            float[] x = [.. Enumerable.Range(0, count).Select(_ => (float)(low + (random.NextDouble() * (high - low))))];
            new OperatorCase(@operator, 17, ElementType.Float32) { Tolerance = 2e-6 }.Input(ElementType.Float32, [count], x).Check(ElementType.Float32);
        }
    }

    [Theory]
    [InlineData("Sin")]
    [InlineData("Asin")]
    [InlineData("Acosh")]
    [InlineData("Atanh")]
    [InlineData("Tan")]
    public void Trigonometric_functions_outside_their_domain_are_not_a_number(string @operator)
        => new OperatorCase(@operator, 17, ElementType.Float32) { Tolerance = 1e-4 }.Input(ElementType.Float32, [4], [float.NaN, float.PositiveInfinity, float.NegativeInfinity, @operator is "Sin" or "Tan" ? 1f : -5f]).Check(ElementType.Float32);

    [Theory]
    [InlineData("Round")]
    [InlineData("Floor")]
    [InlineData("Ceil")]
    public void Rounding_of_halves_and_of_what_is_no_number_equals_that_of_the_runtime(string @operator)
        => new OperatorCase(@operator, 17, ElementType.Float32).Input(ElementType.Float32, [s_odd.Length], s_odd).Check(ElementType.Float32);

    [Fact]
    public void IsNaN_and_IsInf_equal_those_of_the_runtime()
    {
        new OperatorCase("IsNaN", 17, ElementType.Float32).Input(ElementType.Float32, [s_odd.Length], s_odd).Check(ElementType.Bool);
        foreach ((int positive, int negative) in ((int, int)[])[(1, 1), (1, 0), (0, 1), (0, 0)])
        {
            new OperatorCase("IsInf", 17, ElementType.Float32).Input(ElementType.Float32, [s_odd.Length], s_odd).With(("detect_positive", positive), ("detect_negative", negative)).Check(ElementType.Bool);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Mod_of_integers_has_the_sign_that_it_has_in_the_runtime(int fmod)
    {
        int[] left = [7, -7, 7, -7, 0, 5, -5, int.MinValue + 1, int.MaxValue], right = [3, 3, -3, -3, 4, 5, -5, 7, -2];
        new OperatorCase("Mod", 17, ElementType.Int32).Input(ElementType.Int32, [9], left).Input(ElementType.Int32, [9], right).With(("fmod", fmod)).Check(ElementType.Int32);
        new OperatorCase("Mod", 17, ElementType.Int64).Input(ElementType.Int64, [9], Array.ConvertAll(left, static value => (long)value)).Input(ElementType.Int64, [9], Array.ConvertAll(right, static value => (long)value)).With(("fmod", fmod)).Check(ElementType.Int64);
        new OperatorCase("Mod", 17, ElementType.UInt8).Input(ElementType.UInt8, [3], new byte[] { 200, 7, 255 }).Input(ElementType.UInt8, [3], new byte[] { 30, 8, 254 }).With(("fmod", fmod)).Check(ElementType.UInt8);
    }

    [Fact]
    public void Mod_of_numbers_equals_that_of_the_runtime()
    {
        float[] left = [5.5f, -5.5f, 5.5f, -5.5f, 0, 1e6f, 3], right = [2, 2, -2, -2, 3, 0.7f, float.PositiveInfinity];
        new OperatorCase("Mod", 17, ElementType.Float32) { Tolerance = 1e-6 }.Input(ElementType.Float32, [7], left).Input(ElementType.Float32, [7], right).With(("fmod", 1)).Check(ElementType.Float32);
    }

    [Theory]
    [InlineData("BitwiseAnd")]
    [InlineData("BitwiseOr")]
    [InlineData("BitwiseXor")]
    public void Bitwise_functions_of_every_integer_type_equal_those_of_the_runtime(string @operator)
    {
        int[] left = [0, -1, 0x0F0F, 12345, -77, int.MaxValue], right = [-1, 5, 0x3333, -12345, 77, int.MinValue];
        void Check<T>(ElementType type, Func<int, T> to) where T : unmanaged
            => new OperatorCase(@operator, 18, type).Input(type, [2, 3], Array.ConvertAll(left, value => to(value))).Input(type, [2, 3], Array.ConvertAll(right, value => to(value))).Check(type);
        Check(ElementType.Int8, static value => (sbyte)value);
        Check(ElementType.UInt8, static value => (byte)value);
        Check(ElementType.Int16, static value => (short)value);
        Check(ElementType.UInt16, static value => (ushort)value);
        Check(ElementType.Int32, static value => value);
        Check(ElementType.UInt32, static value => (uint)value);
        Check(ElementType.Int64, static value => (long)value << 7);
        Check(ElementType.UInt64, static value => (ulong)value);
        new OperatorCase(@operator, 18, ElementType.Int32).Input(ElementType.Int32, [2, 3], left).Input(ElementType.Int32, [1], [0x5555]).Check(ElementType.Int32);
    }

    [Fact]
    public void BitwiseNot_equals_that_of_the_runtime()
    {
        new OperatorCase("BitwiseNot", 18, ElementType.Int32).Input(ElementType.Int32, [4], [0, -1, 12345, int.MinValue]).Check(ElementType.Int32);
        new OperatorCase("BitwiseNot", 18, ElementType.UInt8).Input(ElementType.UInt8, [4], new byte[] { 0, 1, 128, 255 }).Check(ElementType.UInt8);
    }

    [Theory]
    [InlineData("ArgMin")]
    [InlineData("ArgMax")]
    public void Positions_of_extremes_equal_those_of_the_runtime_also_where_elements_are_equal(string @operator)
    {
        Random random = new(5);
        float[] x = [.. Enumerable.Range(0, 2 * 5 * 3).Select(_ => (float)random.Next(-2, 3))];
        foreach (int axis in (int[])[0, 1, 2, -1])
        {
            foreach (int keep in (int[])[0, 1])
            {
                foreach (int last in (int[])[0, 1]) new OperatorCase(@operator, 17, ElementType.Float32).Input(ElementType.Float32, [2, 5, 3], x).With(("axis", axis), ("keepdims", keep), ("select_last_index", last)).Check(ElementType.Int64);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Trilu_equals_that_of_the_runtime_on_every_diagonal(int upper)
    {
        float[] x = [.. Enumerable.Range(1, 2 * 4 * 5).Select(static value => (float)value)];
        foreach (int diagonal in (int[])[-9, -4, -1, 0, 1, 3, 9]) new OperatorCase("Trilu", 17, ElementType.Float32).Input(ElementType.Float32, [2, 4, 5], x).Known(diagonal).With(("upper", upper)).Check(ElementType.Float32);
        new OperatorCase("Trilu", 17, ElementType.Int64).Input(ElementType.Int64, [3, 3], [1L, 2, 3, 4, 5, 6, 7, 8, 9]).With(("upper", upper)).Check(ElementType.Int64);
    }

    [Fact]
    public void EyeLike_equals_that_of_the_runtime_on_every_diagonal()
    {
        foreach (int diagonal in (int[])[-9, -2, 0, 1, 4, 9]) new OperatorCase("EyeLike", 17, ElementType.Float32).Input(ElementType.Float32, [3, 5], new float[15]).With(("k", diagonal)).Check(ElementType.Float32);
        new OperatorCase("EyeLike", 17, ElementType.Int32).Input(ElementType.Int32, [4, 2], new int[8]).With(("dtype", 7)).Check(ElementType.Int64);
    }

    [Theory]
    [InlineData("DCR")]
    [InlineData("CRD")]
    public void DepthToSpace_equals_that_of_the_runtime(string mode)
    {
        float[] x = [.. Enumerable.Range(0, 2 * 12 * 3 * 2).Select(static value => (float)value)];
        new OperatorCase("DepthToSpace", 17, ElementType.Float32).Input(ElementType.Float32, [2, 12, 3, 2], x).With(("blocksize", 2), ("mode", mode)).Check(ElementType.Float32);
        new OperatorCase("DepthToSpace", 17, ElementType.Float32).Input(ElementType.Float32, [1, 9, 1, 16], x).With(("blocksize", 3), ("mode", mode)).Check(ElementType.Float32);
    }

    [Fact]
    public void SpaceToDepth_equals_that_of_the_runtime()
    {
        float[] x = [.. Enumerable.Range(0, 2 * 3 * 4 * 6).Select(static value => (float)value)];
        new OperatorCase("SpaceToDepth", 17, ElementType.Float32).Input(ElementType.Float32, [2, 3, 4, 6], x).With(("blocksize", 2)).Check(ElementType.Float32);
        new OperatorCase("SpaceToDepth", 17, ElementType.Float32).Input(ElementType.Float32, [4, 1, 6, 6], x).With(("blocksize", 3)).Check(ElementType.Float32);
    }
}
