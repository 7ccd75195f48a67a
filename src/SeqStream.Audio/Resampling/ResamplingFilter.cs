namespace SeqStream.Audio.Resampling;

/// <summary>
/// The taps of a change of rate, shared by all streams that make it: a sinc low-pass under Kaiser's window, one row of taps for each place that an output
/// can have between two inputs. Where there are too many places for a row each, rows stand close enough to be blended (the error stays below the stopband).
/// Designed for at least 100 dB in the stopband, from the lower of both Nyquist frequencies on, and a passband that is flat within 0.01 dB up to 0.9 of it.
/// </summary>
public sealed class ResamplingFilter
{
    /// <summary>Share of the lower Nyquist frequency that passes unchanged.</summary>
    public const double Passband = 0.9;

    /// <summary>Greatest ratio of the rates, either way.</summary>
    public const int GreatestRatio = 64;

    private const double AttenuationDb = 112; // leaves room for float32 taps
    private const int TapMultiple = 16;
    private const int MostExactTaps = 1 << 19;
    private const int BlendedRows = 1024; // per zero crossing of the sinc
    private readonly float[] _rows;

    /// <summary>Designs the filter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is out of range, or their ratio is.</exception>
    public ResamplingFilter(int fromHz, int toHz)
    {
        Check(fromHz, nameof(fromHz));
        Check(toHz, nameof(toHz));
        if (!CanConvert(fromHz, toHz))
        {
            throw new ArgumentOutOfRangeException(nameof(toHz), toHz, $"Rates {fromHz} Hz and {toHz} Hz differ by more than a factor of {GreatestRatio}. Convert in two steps.");
        }
        int divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(fromHz, toHz);
        Up = toHz / divisor;
        Down = fromHz / divisor;
        double scale = Math.Min(1, toHz / (double)fromHz);
        double transition = Math.PI * (1 - Passband) * scale;
        Taps = ((int)Math.Ceiling(KaiserWindow.Length(AttenuationDb, transition)) + TapMultiple - 1) / TapMultiple * TapMultiple;
        IsBlended = (long)Up * Taps > MostExactTaps;
        Rows = IsBlended ? (int)Math.Ceiling(BlendedRows * scale) : Up;
        _rows = Design(scale);
    }

    /// <summary>Outputs for every <see cref="Down"/> inputs.</summary>
    public int Up { get; }

    /// <summary>Inputs for every <see cref="Up"/> outputs.</summary>
    public int Down { get; }

    /// <summary>Inputs that an output depends on; half of them lie behind it, so that is the delay.</summary>
    public int Taps { get; }

    /// <summary>True if taps are blended from two neighbouring rows.</summary>
    internal bool IsBlended { get; }

    /// <summary>Rows from one input to the next; one more closes the interval.</summary>
    internal int Rows { get; }

    /// <summary>The taps of an output that lies row / <see cref="Rows"/> behind an input: [tap], oldest first.</summary>
    internal ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * Taps, Taps);

    /// <summary>True if the rates are near enough to each other.</summary>
    public static bool CanConvert(int fromHz, int toHz) => Math.Max(fromHz, toHz) <= GreatestRatio * (long)Math.Min(fromHz, toHz);

    private static void Check(int rateHz, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rateHz, AudioFormat.LeastRateHz, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rateHz, AudioFormat.GreatestRateHz, name);
    }

    private float[] Design(double scale)
    {
        double cutoff = scale * (1 + Passband) / 2; // the middle of the transition, in the input's Nyquist frequency
        double beta = KaiserWindow.Beta(AttenuationDb);
        double half = Taps / 2.0;
        float[] rows = new float[(Rows + 1) * Taps]; // [row, tap]
        double[] taps = new double[Taps];
        for (int row = 0; row <= Rows; row++)
        {
            double sum = 0;
            for (int tap = 0; tap < Taps; tap++)
            {
                double at = tap - (Taps / 2 - 1) - row / (double)Rows;
                sum += taps[tap] = cutoff * Sinc(cutoff * at) * KaiserWindow.At(at / half, beta);
            }
            for (int tap = 0; tap < Taps; tap++) rows[row * Taps + tap] = (float)(taps[tap] / sum);
        }
        return rows;
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-12 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
