using System.Globalization;

namespace SeqStream.Audio.Samples;

/// <summary>How several channels become one: the mean of all, or one of them.</summary>
public readonly record struct ChannelMix
{
    private readonly int _pickPlusOne;

    private ChannelMix(int pick) => _pickPlusOne = pick + 1;

    /// <summary>The mean of all channels.</summary>
    public static ChannelMix Mean => default;

    /// <summary>One channel, from 0.</summary>
    public static ChannelMix Pick(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, AudioFormat.MostChannels);
        return new ChannelMix(channel);
    }

    /// <summary>The channel picked; -1 for the mean.</summary>
    public int Channel => _pickPlusOne - 1;

    /// <summary>Reads <c>mean</c>, <c>left</c>, <c>right</c> or a channel's number from 0.</summary>
    /// <exception cref="AudioException">It is none of these.</exception>
    public static ChannelMix Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int channel) && channel < AudioFormat.MostChannels) return Pick(channel);
        return text switch
        {
            "mean" => Mean,
            "left" => Pick(0),
            "right" => Pick(1),
            _ => throw AudioThrow.UnknownMix(text),
        };
    }

    /// <summary>Mixes sample frames to one channel. Input and output may be the same memory.</summary>
    /// <param name="samples">[sample frame, channel]</param>
    /// <param name="channels">Channels of a sample frame, more than <see cref="Channel"/>.</param>
    /// <param name="mono">[sample frame]</param>
    [HotPath]
    public void Apply(ReadOnlySpan<float> samples, int channels, Span<float> mono)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Channel, channels);
        if (channels == 1) samples[..mono.Length].CopyTo(mono);
        else if (Channel >= 0) PickOne(samples, channels, mono);
        else if (channels == 2) MeanOfTwo(samples, mono);
        else MeanOfAll(samples, channels, mono);
    }

    private void PickOne(ReadOnlySpan<float> samples, int channels, Span<float> mono)
    {
        for (int i = 0, at = Channel; i < mono.Length; i++, at += channels) mono[i] = samples[at];
    }

    private static void MeanOfTwo(ReadOnlySpan<float> samples, Span<float> mono)
    {
        for (int i = 0; i < mono.Length; i++) mono[i] = (samples[2 * i] + samples[2 * i + 1]) * 0.5f;
    }

    private static void MeanOfAll(ReadOnlySpan<float> samples, int channels, Span<float> mono)
    {
        float share = 1f / channels;
        for (int i = 0; i < mono.Length; i++)
        {
            float sum = 0;
            foreach (float sample in samples.Slice(i * channels, channels)) sum += sample;
            mono[i] = sum * share;
        }
    }
}
