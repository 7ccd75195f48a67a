using SeqStream.Contracts;
using SeqStream.Decoding.Sampling;

namespace SeqStream.Decoding.Strokes;

/// <summary>
/// Where the pen goes next, as a model answers it: a mixture of bivariate Gaussians for the offset and three log-odds for the pen (Graves, "Generating sequences with recurrent neural
/// networks", 2013; Ha and Eck, "A neural representation of sketch drawings", 2017). The numbers lie as weights, centres x, centres y, log deviations x, log deviations y, correlations
/// before tanh, each [mixture], then the pen: draws, lifts, ends. One thread at a time; allocates nothing after it was made.
/// </summary>
/// <param name="options">Number of Gaussians, scale and bounds.</param>
public sealed class PointMixture(MixtureOptions options)
{
    private const double MostCorrelation = 0.98; // keeps a Gaussian from collapsing into a line
    private const int PenStates = 3;
    private readonly double[] _odds = new double[Math.Max(options.Mixtures, PenStates)]; // [mixture] or [pen] exp(log-odds - greatest)

    /// <summary>How many numbers a mixture of so many Gaussians has.</summary>
    public static int NumbersOf(int mixtures) => 6 * mixtures + PenStates;

    /// <summary>Draws a point.</summary>
    /// <param name="answer">[6 * Mixtures + 3] what the model answered.</param>
    /// <param name="random">Where chance comes from: a fixed number of draws for the pen, the Gaussian and, on average, a few more for the place.</param>
    /// <param name="temperature">1 draws as the model says, less nearer to what is most probable, 0 takes that.</param>
    [HotPath]
    public DrawnPoint Draw(ReadOnlySpan<float> answer, ref Xoshiro256 random, double temperature)
    {
        int n = options.Mixtures;
        PenState pen = (PenState)Choose(answer[(6 * n)..], ref random, temperature);
        if (pen == PenState.Ends) return new DrawnPoint(0, 0, pen);
        int k = Choose(answer[..n], ref random, temperature);
        (double deviationX, double deviationY, double correlation) = ShapeOf(answer, k);
        (double u, double v) = Gaussians(ref random);
        double spread = Math.Sqrt(temperature);
        double x = answer[n + k] + spread * deviationX * u;
        double y = answer[2 * n + k] + spread * deviationY * (correlation * u + Math.Sqrt(1 - correlation * correlation) * v);
        return new DrawnPoint(x * options.Scale, y * options.Scale, pen);
    }

    /// <summary>Negative log-likelihood of an offset in nats, of its density over the model's units (coordinates divided by the scale).</summary>
    /// <param name="answer">[6 * Mixtures + 3] what the model answered.</param>
    /// <param name="dx">The offset, in units of the coordinates.</param>
    /// <param name="dy">The offset, in units of the coordinates.</param>
    public double OffsetNats(ReadOnlySpan<float> answer, double dx, double dy)
    {
        int n = options.Mixtures;
        double sum = Weigh(answer[..n], 1);
        double greatest = double.NegativeInfinity, density = 0;
        for (int k = 0; k < n; k++)
        {
            (double deviationX, double deviationY, double correlation) = ShapeOf(answer, k);
            double zx = (dx / options.Scale - answer[n + k]) / deviationX, zy = (dy / options.Scale - answer[2 * n + k]) / deviationY;
            double rest = 1 - correlation * correlation;
            double log = Math.Log(_odds[k] / sum) - (zx * zx + zy * zy - 2 * correlation * zx * zy) / (2 * rest) - Math.Log(2 * Math.PI * deviationX * deviationY * Math.Sqrt(rest));
            if (log > greatest) (density, greatest) = (density * Math.Exp(greatest - log) + 1, log);
            else if (log > double.NegativeInfinity) density += Math.Exp(log - greatest);
        }
        return -greatest - Math.Log(density);
    }

    /// <summary>Negative log-likelihood of what the pen does, in nats.</summary>
    public double PenNats(ReadOnlySpan<float> answer, PenState pen) => -Math.Log(PenOdds(answer, pen));

    /// <summary>Probability of what the pen does.</summary>
    [HotPath]
    public double PenOdds(ReadOnlySpan<float> answer, PenState pen)
    {
        double sum = Weigh(answer[(6 * options.Mixtures)..], 1);
        return _odds[(int)pen] / sum;
    }

    private (double DeviationX, double DeviationY, double Correlation) ShapeOf(ReadOnlySpan<float> answer, int k)
    {
        int n = options.Mixtures;
        double twice = 2 * Math.Abs((double)answer[5 * n + k]);
        double tanh = (1 - PortableExp.Of(-twice)) / (1 + PortableExp.Of(-twice));
        return (Deviation(answer[3 * n + k]), Deviation(answer[4 * n + k]), MostCorrelation * (answer[5 * n + k] < 0 ? -tanh : tanh));
    }

    private double Deviation(double log)
    {
        double bounded = Math.Clamp(log, options.Least, options.Greatest);
        return bounded <= 0 ? PortableExp.Of(bounded) : 1 / PortableExp.Of(-bounded);
    }

    private int Choose(ReadOnlySpan<float> logOdds, ref Xoshiro256 random, double temperature)
    {
        double at = random.NextDouble() * Weigh(logOdds, temperature);
        for (int i = 0; i < logOdds.Length - 1; i++)
        {
            at -= _odds[i];
            if (at < 0) return i;
        }
        return logOdds.Length - 1;
    }

    /// <summary>Fills the odds, the greatest being 1, and gives their sum. At temperature 0 all but the first of the greatest are 0.</summary>
    private double Weigh(ReadOnlySpan<float> logOdds, double temperature)
    {
        int best = Softmax.Best(logOdds);
        double sum = 0;
        for (int i = 0; i < logOdds.Length; i++)
        {
            _odds[i] = i == best ? 1 : temperature == 0 ? 0 : PortableExp.Of(((double)logOdds[i] - logOdds[best]) / temperature);
            sum += _odds[i];
        }
        return sum;
    }

    /// <summary>Two independent numbers of the standard normal distribution, by Marsaglia's polar method.</summary>
    private static (double, double) Gaussians(ref Xoshiro256 random)
    {
        while (true)
        {
            double u = 2 * random.NextDouble() - 1, v = 2 * random.NextDouble() - 1;
            double square = u * u + v * v;
            if (square is 0 or >= 1) continue;
            double factor = Math.Sqrt(-2 * PortableLog.Of(square) / square);
            return (u * factor, v * factor);
        }
    }
}
