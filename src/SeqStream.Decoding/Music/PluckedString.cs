namespace SeqStream.Decoding.Music;

/// <summary>
/// The voice of a plucked string: the first harmonics of the note, each a decaying sine, the higher the weaker and the sooner gone; at the note's end it is damped within
/// some hundredths of a second. One sine is turned by a rotation per sample, so that a note costs a few multiplications a harmonic.
/// </summary>
internal static class PluckedString
{
    /// <summary>Seconds within which a note is damped after its end.</summary>
    public const double Damping = 0.06;

    private const int Harmonics = 8;
    private const double PluckPlace = 0.23;   // where the string is plucked, as a part of its length: weighs the harmonics
    private const double AttackSeconds = 0.003;
    private const double HoldSeconds = 1.1;   // decay time of the fundamental of middle C

    /// <summary>Adds a note.</summary>
    /// <param name="samples">Where it is added, from its first sample on; what reaches beyond is left out.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="pitch">MIDI key; 69 is 440 Hz.</param>
    /// <param name="seconds">Length until it is damped.</param>
    /// <param name="loudness">Amplitude at the beginning.</param>
    public static void Add(Span<float> samples, int rateHz, int pitch, double seconds, double loudness)
    {
        double hertz = 440 * Math.Pow(2, (pitch - 69) / 12.0);
        int count = (int)Math.Min(samples.Length, (seconds + Damping) * rateHz);
        double total = 0;
        for (int n = 1; n <= Harmonics; n++) total += WeightOf(n);
        for (int n = 1; n <= Harmonics && n * hertz < 0.45 * rateHz; n++)
        {
            double seconds1 = HoldSeconds * Math.Sqrt(261.6 / hertz) / (1 + 0.35 * (n - 1));
            AddHarmonic(samples[..count], rateHz, n * hertz, loudness * WeightOf(n) / total, seconds1, (int)(seconds * rateHz));
        }
    }

    private static double WeightOf(int n) => Math.Abs(Math.Sin(Math.PI * n * PluckPlace)) / n;

    private static void AddHarmonic(Span<float> samples, int rateHz, double hertz, double amplitude, double decaySeconds, int end)
    {
        (double turnSin, double turnCos) = Math.SinCos(2 * Math.PI * hertz / rateHz);
        double decay = Math.Exp(-1 / (decaySeconds * rateHz));
        double damping = Math.Exp(-5 / (Damping * rateHz));
        double sine = 0, cosine = amplitude;
        int attack = Math.Max(1, (int)(AttackSeconds * rateHz));
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] += (float)(i < attack ? sine * i / attack : sine);
            double shrink = i < end ? decay : decay * damping;
            (sine, cosine) = (shrink * (sine * turnCos + cosine * turnSin), shrink * (cosine * turnCos - sine * turnSin));
        }
    }
}
