using System.Globalization;

namespace SeqStream.Audio;

/// <summary>What a source delivers: float32 samples in [-1, 1], the channels of one instant beside each other.</summary>
/// <param name="RateHz">Sample frames per second.</param>
/// <param name="Channels">Samples of one sample frame.</param>
public readonly record struct AudioFormat(int RateHz, int Channels)
{
    /// <summary>Lowest rate that is taken, in Hz.</summary>
    public const int LeastRateHz = 1000;

    /// <summary>Highest rate that is taken, in Hz.</summary>
    public const int GreatestRateHz = 384_000;

    /// <summary>Most channels that are taken.</summary>
    public const int MostChannels = 64;

    /// <summary>True if rate and channels are within the limits.</summary>
    public bool IsAllowed => RateHz is >= LeastRateHz and <= GreatestRateHz && Channels is >= 1 and <= MostChannels;

    /// <summary>Seconds that a number of sample frames lasts.</summary>
    public double Seconds(long sampleFrames) => sampleFrames / (double)RateHz;

    /// <summary><c>16000 Hz, 1 channel</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RateHz} Hz, {Channels} channel{(Channels == 1 ? "" : "s")}");
}
