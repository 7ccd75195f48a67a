using System.Globalization;
using SeqStream.Audio.Resampling;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio;

/// <summary>The failures of this room, one method each: what was found, where, what was expected, what to do.</summary>
internal static class AudioThrow
{
    public static AudioException UnknownEncoding(string name) => new(AudioFault.Configuration,
        $"'{name}' is no encoding of samples. Expected one of {string.Join(", ", SampleEncodings.Names)}, or ALSA's {string.Join(", ", SampleEncodings.AlsaNames)}. "
        + "Let the source convert, for example with ffmpeg -f s16le.");

    public static AudioException UnknownMix(string text) => new(AudioFault.Configuration,
        $"'{text}' is no way to mix channels. Expected mean, left, right or a channel's number from 0 to {Number(AudioFormat.MostChannels - 1)}.");

    public static AudioException NoSuchChannel(string source, int channel, AudioFormat found) => new(AudioFault.Configuration,
        $"{source} has {found}, but channel {Number(channel)} was asked for. Expected a number from 0 to {Number(found.Channels - 1)}, or mean.");

    public static AudioException FormatOutOfRange(string source, long rateHz, long channels, AudioFault fault) => new(fault,
        $"{source}: found {Number(rateHz)} Hz and {Number(channels)} channels, expected {Number(AudioFormat.LeastRateHz)} to {Number(AudioFormat.GreatestRateHz)} Hz "
        + $"and 1 to {Number(AudioFormat.MostChannels)} channels. Convert it, for example with ffmpeg -ar 16000 -ac 1.");

    public static AudioException LooksLike(string source, string found, string remedy) => new(AudioFault.BadData,
        $"{source}: the first bytes are those of {found}, expected plain samples. {remedy}");

    public static AudioException OddTail(string source, long wholeFrames, int oddBytes, int frameBytes) => new(AudioFault.BadData,
        $"{source} ends inside a sample: {Number(oddBytes)} of {Number(frameBytes)} bytes after {Number(wholeFrames)} whole sample frames. "
        + "Everything before that was used. Check the encoding and the channels, or whether the source was cut off.");

    public static AudioException WavTruncated(string source, long foundBytes, long expectedBytes) => new(AudioFault.BadData,
        $"{source}: the file ends after {Number(foundBytes)} of the {Number(expectedBytes)} bytes of samples that its header announces. "
        + "Everything before that was used. Copy the file again.");

    public static AudioException WavHeader(string source, string problem) => new(AudioFault.BadData,
        $"{source}: the WAV header is damaged: {problem}. Make the file again, or convert it with ffmpeg -i FILE -f wav -.");

    public static AudioException NotWav(string source, string found, string remedy) => new(AudioFault.BadData,
        $"{source}: the first bytes are {found}, expected RIFF and WAVE, the start of a WAV file. {remedy}");

    public static AudioException WavEncoding(string source, string found) => new(AudioFault.BadData,
        $"{source}: the WAV file's samples are {found}, expected PCM of 8, 16, 24 or 32 bits, float of 32 or 64 bits, mu-law or A-law. "
        + "Convert it with ffmpeg -i FILE -c:a pcm_s16le -f wav -.");

    public static AudioException RatesTooFar(string source, int fromHz, int toHz) => new(AudioFault.Configuration,
        $"{source} has {Number(fromHz)} Hz, but {Number(toHz)} Hz were asked for: more than a factor of {Number(ResamplingFilter.GreatestRatio)} apart. Ask the source for another rate.");

    public static AudioException CommandAbsent(string program, Exception cause) => new(AudioFault.Unavailable,
        $"The command '{program}' cannot be started: {cause.Message}. Install it (arecord is in Debian's alsa-utils, ffmpeg in ffmpeg, parec in pulseaudio-utils), "
        + "or name another command.", cause);

    public static AudioException CommandEmpty() => new(AudioFault.Configuration,
        "The capture command is empty. Expected a command that writes samples to its standard output, such as exec:arecord -q -f S16_LE -r 16000 -c 1 -t raw -.");

    public static AudioException CommandQuote(string command) => new(AudioFault.Configuration,
        $"The capture command '{command}' has a quote that is not closed. Close it, or write \\\" or \\' for the quote itself.");

    public static AudioException CommandFailed(string program, int exitCode, string lastWords) => new(AudioFault.Unavailable,
        $"The command '{program}' ended with exit code {Number(exitCode)}"
        + (lastWords.Length > 0 ? $" and said: {lastWords}" : " and said nothing on its standard error")
        + ". Expected it to run until it is stopped or to end with 0. Run it by hand to see what it lacks.");

    public static AudioException AlsaLibraryAbsent(Exception cause) => new(AudioFault.Unavailable,
        "ALSA's library libasound.so.2 is not on this machine. Install it (Debian: apt-get install libasound2), or capture with a command: exec:arecord -q -f S16_LE -r 16000 -c 1 -t raw -.", cause);

    public static AudioException AlsaDevice(string device, string doing, string problem, string known) => new(AudioFault.Unavailable,
        $"Sound device '{device}': {doing} failed: {problem}. Known capture devices: {(known.Length > 0 ? known : "none")}. "
        + "Name one of them as alsa:NAME, plug the device in, or join the group 'audio'.");

    public static AudioException UnknownUri(string uri) => new(AudioFault.Configuration,
        $"'{uri}' is no source of sound. Expected alsa:DEVICE, such as alsa:default or alsa:plughw:1,0, or exec:COMMAND, such as exec:arecord -q -f S16_LE -r 16000 -c 1 -t raw -.");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
