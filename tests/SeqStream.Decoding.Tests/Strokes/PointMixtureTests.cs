using SeqStream.Decoding.Sampling;

namespace SeqStream.Decoding.Strokes;

public sealed class PointMixtureTests
{
    private const float Never = -60;
    private static readonly MixtureOptions s_options = new(0, 2, 10, -4, 2.5, 1, 0);

    /// <summary>Weights 3:1; (1, -2) with deviations 0.5, 0.25 and a correlation; (-3, 0) with 1, 1; the pen draws with 7/10, lifts with 2/10, ends with 1/10.</summary>
    private static readonly float[] s_answer =
        [MathF.Log(3), 0, 1, -3, -2, 0, MathF.Log(0.5f), 0, MathF.Log(0.25f), 0, 0.7f, 0, MathF.Log(7), MathF.Log(2), 0];

    [Fact]
    public void Likelihood_is_that_of_the_formula()
    {
        double Density(double x, double y, double mx, double my, double sx, double sy, double r)
        {
            double zx = (x - mx) / sx, zy = (y - my) / sy;
            return Math.Exp(-(zx * zx + zy * zy - 2 * r * zx * zy) / (2 * (1 - r * r))) / (2 * Math.PI * sx * sy * Math.Sqrt(1 - r * r));
        }
        PointMixture mixture = new(s_options);
        foreach ((double x, double y) in new[] { (1.0, -2.0), (0.0, 0.0), (-3.5, 1.0), (40.0, 40.0) })
        {
            double expected = -Math.Log(0.75 * Density(x, y, 1, -2, 0.5, 0.25, 0.98 * Math.Tanh(0.7f)) + 0.25 * Density(x, y, -3, 0, 1, 1, 0));
            if (double.IsFinite(expected)) Assert.Equal(expected, mixture.OffsetNats(s_answer, 10 * x, 10 * y), 1e-5 * Math.Max(1, Math.Abs(expected)));
            else Assert.True(mixture.OffsetNats(s_answer, 10 * x, 10 * y) > 700);
        }
        Assert.Equal(-Math.Log(0.7), mixture.PenNats(s_answer, PenState.Draws), 1e-6);
        Assert.Equal(-Math.Log(0.1), mixture.PenNats(s_answer, PenState.Ends), 1e-6);
    }

    [Fact]
    public void Drawn_points_have_the_moments_of_the_mixture()
    {
        float[] answer = [.. s_answer];
        answer[^1] = Never;
        answer[1] = Never; // the first Gaussian only
        PointMixture mixture = new(s_options);
        Xoshiro256 random = new(7);
        DrawnPoint[] points = [.. Enumerable.Range(0, 40_000).Select(_ => mixture.Draw(answer, ref random, 1))];
        double x = points.Average(static p => p.Dx), y = points.Average(static p => p.Dy);
        double sx = Math.Sqrt(points.Average(p => Math.Pow(p.Dx - x, 2))), sy = Math.Sqrt(points.Average(p => Math.Pow(p.Dy - y, 2)));
        Assert.Equal(10, x, 0.1);
        Assert.Equal(-20, y, 0.1);
        Assert.Equal(5, sx, 0.1);
        Assert.Equal(2.5, sy, 0.05);
        Assert.Equal(0.98 * Math.Tanh(0.7), points.Average(p => (p.Dx - x) * (p.Dy - y)) / (sx * sy), 0.02);
        Assert.Equal(2.0 / 9, points.Average(static p => p.Pen == PenState.Lifts ? 1.0 : 0), 0.01);
    }

    [Fact]
    public void Temperature_0_takes_the_most_probable_and_ends_have_no_place()
    {
        PointMixture mixture = new(s_options);
        Xoshiro256 random = new(3);
        Assert.Equal(new DrawnPoint(10, -20, PenState.Draws), mixture.Draw(s_answer, ref random, 0));
        float[] ends = [.. s_answer];
        ends[^1] = 60;
        Assert.Equal(new DrawnPoint(0, 0, PenState.Ends), mixture.Draw(ends, ref random, 1));
    }

    [Fact]
    public void The_same_seed_draws_the_same_bits()
    {
        PointMixture mixture = new(s_options);
        Xoshiro256 random = new(11);
        ulong hash = 0;
        for (int i = 0; i < 100; i++)
        {
            DrawnPoint point = mixture.Draw(s_answer, ref random, 0.6);
            hash = (hash * 31 + BitConverter.DoubleToUInt64Bits(point.Dx)) * 31 + BitConverter.DoubleToUInt64Bits(point.Dy);
        }
        Assert.Equal(12396105219728358953UL, hash);
    }

    [Fact]
    public void Deviations_are_bounded()
    {
        float[] answer = [.. s_answer];
        answer[6] = answer[8] = -80;
        answer[7] = answer[9] = 80;
        Assert.True(double.IsFinite(new PointMixture(s_options).OffsetNats(answer, 500, 500)));
        Assert.InRange(new PointMixture(s_options).OffsetNats(answer, 10, -20), -8, 0);
    }
}
