using SeqStream.Cells;

namespace SeqStream.Kernels;

public sealed unsafe class VectorMathTests
{
    public static TheoryData<InstructionSet> Sets() => [.. KernelChoice.Available.Select(static choice => choice.InstructionSet)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exp_is_within_4_ulp_of_double(InstructionSet set) => AssertUlps(set, 4, -103, 88.7f, static (m, x, y, n) => m.Exp(x, y, n), Math.Exp);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sigmoid_is_within_4_ulp_of_double(InstructionSet set) => AssertUlps(set, 4, -87, 100, static (m, x, y, n) => m.Sigmoid(x, y, n), static x => 1 / (1 + Math.Exp(-x)));

    [Theory]
    [MemberData(nameof(Sets))]
    public void Tanh_is_within_4_ulp_of_double(InstructionSet set) => AssertUlps(set, 4, -20, 20, static (m, x, y, n) => m.Tanh(x, y, n), Math.Tanh);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Log_is_within_4_ulp_of_double(InstructionSet set) => AssertUlps(set, 4, 1e-30f, 1e4f, static (m, x, y, n) => m.Log(x, y, n), Math.Log);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Softplus_is_near_double(InstructionSet set)
        => AssertNear(set, -80, 90, 4e-7, static (m, x, y, n) => m.Softplus(x, y, n), static x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))));

    [Theory]
    [MemberData(nameof(Sets))]
    public void Erf_agrees_with_its_specification(InstructionSet set)
    {
        VectorMath specification = VectorMath.For(KernelChoice.For(InstructionSet.Scalar));
        AssertNear(set, -7, 7, 4e-7, static (m, x, y, n) => m.Erf(x, y, n), x =>
        {
            float value = (float)x, erf;
            specification.Erf(&value, &erf, 1);
            return erf;
        });
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exp_of_extremes_is_exact(InstructionSet set)
    {
        float[] y = Run(set, static (m, x, to, n) => m.Exp(x, to, n), [0, -0f, float.NegativeInfinity, -200, 89.5f, float.PositiveInfinity, float.NaN]);
        Assert.Equal([1, 1, 0, 0, float.PositiveInfinity, float.PositiveInfinity, float.NaN], y);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Log_of_extremes_is_exact(InstructionSet set)
    {
        float[] y = Run(set, static (m, x, to, n) => m.Log(x, to, n), [1, 0, -1, float.PositiveInfinity, float.NaN, float.NegativeInfinity]);
        Assert.Equal([0, float.NegativeInfinity, float.NaN, float.PositiveInfinity, float.NaN, float.NaN], y);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_activation_agrees_with_its_formula_and_keeps_NaN(InstructionSet set)
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            CellActivation activation = new(kind, 0.3f, 0.6f);
            AssertNear(set, -9, 9, 5e-7, (m, x, y, n) => m.Activate(activation, x, y, n), x => activation.Of((float)x));
            float[] y = Run(set, (m, x, to, n) => m.Activate(activation, x, to, n), [.. Enumerable.Repeat(float.NaN, 21)]);
            Assert.All(y, v => Assert.True(float.IsNaN(v), $"{kind} of NaN is {v}"));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void An_element_has_the_same_bits_at_every_place(InstructionSet set)
    {
        float[] x = Samples(-20, 20, 64);
        float[] all = Run(set, static (m, from, to, n) => m.Tanh(from, to, n), x);
        for (int i = 0; i < x.Length; i++) Assert.Equal(all[i], Run(set, static (m, from, to, n) => m.Tanh(from, to, n), [x[i]])[0]);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sums_and_softmax_agree_with_double(InstructionSet set)
    {
        VectorMath math = VectorMath.For(KernelChoice.For(set));
        for (int n = 1; n < 150; n++)
        {
            float[] x = Samples(-3, 4, n), y = new float[n], scale = Samples(0.5f, 2, n), bias = Samples(-1, 1, n);
            fixed (float* px = x, py = y, ps = scale, pb = bias)
            {
                double mean = x.Average(static v => (double)v), squares = x.Sum(v => (v - mean) * (v - mean));
                Assert.Equal(mean * n, math.Sum(px, n), 1e-4);
                Assert.Equal(squares, math.SumOfSquares((float)mean, px, n), 1e-3);
                Assert.Equal(x.Max(), math.Maximum(px, n));
                math.Softmax(px, py, n);
                double total = x.Sum(static v => Math.Exp(v));
                for (int i = 0; i < n; i++) Assert.Equal(Math.Exp(x[i]) / total, y[i], 1e-6);
                math.Normalize(1e-5f, ps, pb, px, py, n);
                for (int i = 0; i < n; i++) Assert.Equal((x[i] - mean) / Math.Sqrt(squares / n + 1e-5) * scale[i] + bias[i], y[i], 2e-5);
            }
        }
    }

    private delegate void Function(VectorMath math, float* x, float* y, int count);

    private static float[] Samples(float low, float high, int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => low + (high - low) * random.NextSingle())];
    }

    /// <summary>Runs a function on elements 1 .. n of a longer array and checks that nothing else is written.</summary>
    private static float[] Run(InstructionSet set, Function function, float[] x)
    {
        float[] y = new float[x.Length + 40];
        Array.Fill(y, 55);
        fixed (float* px = x, py = y) function(VectorMath.For(KernelChoice.For(set)), px, py + 1, x.Length);
        Assert.Equal(55, y[0]);
        Assert.All(y[(x.Length + 1)..], static v => Assert.Equal(55, v));
        return y[1..(x.Length + 1)];
    }

    private static float[] Sweep(float low, float high)
    {
        const int Steps = 200_003;
        List<float> x = [];
        for (int i = 0; i < Steps; i++) x.Add(low + (high - low) * i / Steps);
        for (float small = 1; small > 1e-30f; small *= 0.71f)
        {
            if (small <= high && small >= low) x.Add(small);
            if (-small >= low) x.Add(-small);
        }
        return [.. x];
    }

    private static void AssertUlps(InstructionSet set, double bound, float low, float high, Function function, Func<double, double> exact)
    {
        float[] x = Sweep(low, high), y = Run(set, function, x);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double expected = exact(x[i]), ulp = Math.Max(MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected), float.Epsilon);
            double error = Math.Abs(y[i] - expected) / ulp;
            if (error > worst) (worst, at) = (error, x[i]);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {worst:F2} ulp at {at:R}");
        Assert.True(worst <= bound, $"Largest error {worst:F2} ulp at {at:R}; at most {bound} are allowed.");
    }

    private static void AssertNear(InstructionSet set, float low, float high, double tolerance, Function function, Func<double, double> exact)
    {
        float[] x = Sweep(low, high)[..^0], y = Run(set, function, x);
        for (int i = 0; i < x.Length; i += 7)
        {
            double expected = exact(x[i]);
            if (Math.Abs(y[i] - expected) > tolerance * Math.Max(1, Math.Abs(expected))) Assert.Fail($"f({x[i]:R}) is {y[i]:R}, expected {expected:R}.");
        }
    }
}
