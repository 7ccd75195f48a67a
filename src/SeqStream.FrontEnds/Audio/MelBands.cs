using System.Numerics;

namespace SeqStream.FrontEnds.Audio;

/// <summary>
/// Triangular bands, evenly spaced on the mel scale 2595 log10(1 + f / 700), straight in Hz, with peak 1: each rises from the middle of the band below and falls to the middle of
/// the band above. Immutable; any thread.
/// </summary>
internal sealed class MelBands
{
    private readonly (int First, double[] Weights)[] _bands; // [band]: first bin, weights of the bins from there on

    /// <summary>Lays out the bands.</summary>
    /// <param name="bands">Number of bands.</param>
    /// <param name="lowHz">Where the first band begins.</param>
    /// <param name="highHz">Where the last band ends.</param>
    /// <param name="rateHz">Sample rate.</param>
    /// <param name="fftSize">Numbers of a transform.</param>
    public MelBands(int bands, double lowHz, double highHz, int rateHz, int fftSize)
    {
        double low = Mel(lowHz), high = Mel(highHz);
        double[] edges = [.. Enumerable.Range(0, bands + 2).Select(i => Hertz(low + (high - low) * i / (bands + 1)))];
        _bands = [.. Enumerable.Range(0, bands).Select(band => Band(edges.AsSpan(band, 3), rateHz, fftSize))];
    }

    /// <summary>The first band that has no bin, so that it would always be silent; -1 if all have one.</summary>
    public int FirstEmpty => Array.FindIndex(_bands, static band => band.Weights.Length == 0);

    /// <summary>The power in each band.</summary>
    /// <param name="power">[bin]</param>
    /// <param name="energies">[band]</param>
    [HotPath]
    public void Apply(ReadOnlySpan<double> power, Span<double> energies)
    {
        for (int band = 0; band < _bands.Length; band++)
        {
            (int first, double[] weights) = _bands[band];
            energies[band] = Dot(weights, power.Slice(first, weights.Length));
        }
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

    private static (int First, double[] Weights) Band(ReadOnlySpan<double> edges, int rateHz, int fftSize)
    {
        int first = -1;
        List<double> weights = [];
        for (int bin = 0; bin <= fftSize / 2; bin++)
        {
            double hertz = bin * (double)rateHz / fftSize;
            double weight = Math.Min((hertz - edges[0]) / (edges[1] - edges[0]), (edges[2] - hertz) / (edges[2] - edges[1]));
            if (weight <= 0) continue;
            if (first < 0) first = bin;
            weights.Add(weight);
        }
        return (Math.Max(first, 0), [.. weights]);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int at = 0;
        for (; at <= a.Length - Vector<double>.Count; at += Vector<double>.Count) sums += new Vector<double>(a[at..]) * new Vector<double>(b[at..]);
        double sum = Vector.Sum(sums);
        for (; at < a.Length; at++) sum += a[at] * b[at];
        return sum;
    }
}
