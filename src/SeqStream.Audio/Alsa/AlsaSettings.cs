using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Alsa;

/// <summary>What a device agreed to.</summary>
internal readonly record struct AlsaSettings(SampleEncoding Encoding, AudioFormat Format)
{
    private static readonly SampleEncoding[] s_encodings = [SampleEncoding.S16, SampleEncoding.S32, SampleEncoding.F32];

    /// <summary>Bytes of one sample frame.</summary>
    public int FrameBytes => Encoding.ByteSize() * Format.Channels;

    /// <summary>What to ask of a device, best first: the rate and channels wanted, then what sound cards and microphones commonly have.</summary>
    public static IEnumerable<AlsaSettings> Candidates(AlsaOptions options)
    {
        foreach (int rate in ((int[])[options.RateHz, 48000, 44100, 96000, 32000, 16000, 8000]).Distinct())
        {
            foreach (int channels in ((int[])[options.Channels, 1, 2]).Distinct())
            {
                foreach (SampleEncoding encoding in s_encodings) yield return new AlsaSettings(encoding, new AudioFormat(rate, channels));
            }
        }
    }
}
