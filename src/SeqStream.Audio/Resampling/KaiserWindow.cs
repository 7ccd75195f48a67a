namespace SeqStream.Audio.Resampling;

/// <summary>Kaiser's window and the formulas that choose it (Kaiser 1974; Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5.3).</summary>
internal static class KaiserWindow
{
    /// <summary>The shape parameter for an attenuation above 50 dB.</summary>
    public static double Beta(double attenuationDb) => 0.1102 * (attenuationDb - 8.7);

    /// <summary>Samples that the filter needs for an attenuation over a transition of the given width, in radians per sample.</summary>
    public static double Length(double attenuationDb, double transition) => (attenuationDb - 7.95) / (2.285 * transition);

    /// <summary>The window at <paramref name="x"/> in [-1, 1], 1 in the middle; 0 outside.</summary>
    public static double At(double x, double beta) => Math.Abs(x) >= 1 ? 0 : BesselI0(beta * Math.Sqrt(1 - x * x)) / BesselI0(beta);

    /// <summary>The modified Bessel function of order zero, by its power series.</summary>
    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
