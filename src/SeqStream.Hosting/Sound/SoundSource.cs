using SeqStream.Audio;
using SeqStream.Audio.Samples;

namespace SeqStream.Hosting.Sound;

/// <summary>Where sound comes from and how it is written.</summary>
public sealed record SoundSource
{
    /// <summary>The source as people name it: <c>stdin</c>, a path, <c>alsa:DEVICE</c> or <c>exec:COMMAND</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>wav</c>, or an encoding of plain samples by ffmpeg's or ALSA's name. A device knows its own.</summary>
    public string Format { get; init; } = "s16le";

    /// <summary>Rate and channels of plain samples, or to ask of a device; a WAV file says its own.</summary>
    public AudioFormat From { get; init; } = new(AudioFeeds.DefaultRateHz, 1);

    /// <summary>How several channels become one.</summary>
    public ChannelMix Mix { get; init; } = ChannelMix.Mean;

    /// <summary>What the stream's memory sees where samples were lost.</summary>
    public AudioGapPolicy Gap { get; init; } = AudioGapPolicy.Zero;

    /// <summary>Formats that the command line lists: <c>wav</c>, then encodings by ffmpeg's names.</summary>
    public static IReadOnlyList<string> Formats { get; } = [AudioFeeds.WavFormat, .. SampleEncodings.Names];

    /// <summary>The source, not opened yet.</summary>
    /// <param name="input">The bytes of a source that is no URI; stays open.</param>
    /// <exception cref="AudioException">The source is described wrongly.</exception>
    public IAudioSource Create(Stream input) => AudioFeeds.IsUri(Name) ? AudioFeeds.SourceOf(Name, Format, From) : AudioFeeds.SourceOf(Name, input, Format, From);

    /// <summary>A feed of a source's samples, mixed to one channel and resampled. It owns the source.</summary>
    /// <param name="source">What <see cref="Create"/> made.</param>
    /// <param name="rateHz">The rate that the model is given.</param>
    /// <param name="gaps">Told of every gap, on the feed's thread; may be null.</param>
    public AudioFeed CreateFeed(IAudioSource source, int rateHz, Action<AudioGap>? gaps = null)
        => new(source, new AudioFeedOptions { RateHz = rateHz, Mix = Mix, Gap = Gap, Gaps = gaps });
}
