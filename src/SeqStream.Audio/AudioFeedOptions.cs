using SeqStream.Audio.Samples;

namespace SeqStream.Audio;

/// <summary>How samples become the frames of a stream.</summary>
public sealed record AudioFeedOptions
{
    /// <summary>The rate that the front end wants, in Hz; null for the source's own.</summary>
    public int? RateHz { get; init; }

    /// <summary>How several channels become one. Default: their mean.</summary>
    public ChannelMix Mix { get; init; } = ChannelMix.Mean;

    /// <summary>The stream's name; empty for the one of sources that name none.</summary>
    public string Stream { get; init; } = "";

    /// <summary>The model's input that the samples are for. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>What the stream's memory sees where samples were lost.</summary>
    public AudioGapPolicy Gap { get; init; } = AudioGapPolicy.Zero;

    /// <summary>Longest hole that <see cref="AudioGapPolicy.Zero"/> fills with silence; a longer one resets. Default 2 s.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest piece that is read at once. A live source gives what it has, which is mostly less. Default 100 ms.</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Told of every gap, on the feed's thread, before the frames that answer it. Default nobody.</summary>
    public Action<AudioGap>? Gaps { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Stream);
        if (RateHz is { } rate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(rate, AudioFormat.LeastRateHz, nameof(RateHz));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, AudioFormat.GreatestRateHz, nameof(RateHz));
        }
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfNegative(LongestSilence.Ticks, nameof(LongestSilence));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LongestSilence, TimeSpan.FromMinutes(10), nameof(LongestSilence));
        ArgumentOutOfRangeException.ThrowIfLessThan(Block, TimeSpan.FromMilliseconds(1), nameof(Block));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Block, TimeSpan.FromSeconds(10), nameof(Block));
    }
}
