using SeqStream.Audio.Alsa;
using SeqStream.Audio.Commands;
using SeqStream.Audio.Pcm;
using SeqStream.Audio.Samples;
using SeqStream.Audio.Wav;

namespace SeqStream.Audio;

/// <summary>Makes feeds of samples, one call for each kind of source.</summary>
public static class AudioFeeds
{
    /// <summary>The rate of plain samples when nothing says it, in Hz.</summary>
    public const int DefaultRateHz = 16000;

    /// <summary>The format name of WAV files.</summary>
    public const string WavFormat = "wav";

    /// <summary>True if <paramref name="format"/> names samples: <c>wav</c>, or an encoding by ffmpeg's or ALSA's name.</summary>
    public static bool IsFormat(string format) => format == WavFormat || SampleEncodings.TryParse(format, out _);

    /// <summary>True if <paramref name="uri"/> names a source of sound: <c>alsa:</c> or <c>exec:</c>.</summary>
    public static bool IsUri(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return IsDevice(uri) || uri.StartsWith("exec:", StringComparison.Ordinal);
    }

    /// <summary>True if <paramref name="uri"/> names a sound device, which knows its own format.</summary>
    public static bool IsDevice(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri.StartsWith("alsa:", StringComparison.Ordinal);
    }

    /// <summary>Samples from bytes, such as stdin or an open file.</summary>
    /// <param name="source">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="format"><c>wav</c>, or an encoding of plain samples.</param>
    /// <param name="from">Rate and channels of plain samples; a WAV file says its own.</param>
    /// <param name="options">How samples become frames.</param>
    /// <exception cref="AudioException">The format is not known, or rate or channels are out of range.</exception>
    public static AudioFeed FromBytes(string source, Stream input, string format, AudioFormat from, AudioFeedOptions? options = null)
        => new(SourceOf(source, input, format, from), options);

    /// <summary>A sound device, or the output of a command.</summary>
    /// <param name="uri"><c>alsa:DEVICE</c> or <c>exec:COMMAND</c>.</param>
    /// <param name="format">What a command writes: <c>wav</c>, or an encoding of plain samples. A device knows its own.</param>
    /// <param name="from">Rate and channels: of a command's plain samples, or to ask of a device first.</param>
    /// <param name="options">How samples become frames.</param>
    /// <exception cref="AudioException">The URI or the format is not known, or rate or channels are out of range.</exception>
    public static AudioFeed FromUri(string uri, string format, AudioFormat from, AudioFeedOptions? options = null) => new(SourceOf(uri, format, from), options);

    /// <summary>The source of <see cref="FromBytes"/>, not opened yet.</summary>
    /// <inheritdoc cref="FromBytes"/>
    public static IAudioSource SourceOf(string source, Stream input, string format, AudioFormat from)
        => format == WavFormat ? new WavSource(source, input) : new RawPcmSource(source, input, SampleEncodings.Parse(format), from);

    /// <summary>The source of <see cref="FromUri"/>, not opened yet.</summary>
    /// <inheritdoc cref="FromUri"/>
    public static IAudioSource SourceOf(string uri, string format, AudioFormat from)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!IsUri(uri) || uri.Length == 5) throw AudioThrow.UnknownUri(uri);
        string rest = uri[5..];
        if (IsDevice(uri)) return new AlsaAudioSource(new AlsaOptions { Device = rest, RateHz = from.RateHz, Channels = from.Channels });
        if (format != WavFormat) SampleEncodings.Parse(format);
        return new CommandAudioSource(rest, output => SourceOf(uri, output, format, from));
    }
}
