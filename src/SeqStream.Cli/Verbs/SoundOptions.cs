using System.CommandLine;
using System.Globalization;
using SeqStream.Audio;
using SeqStream.Audio.Samples;
using SeqStream.Hosting.Routing;
using SeqStream.Hosting.Sound;

namespace SeqStream.Cli.Verbs;

/// <summary>How sound is written, and what is done where some of it was lost.</summary>
internal sealed class SoundOptions
{
    private readonly Option<int?> _rate = new("--rate") { Description = "Sound: samples per second of plain samples, or to ask of a device. Without it: 16000.", HelpName = "HZ" };
    private readonly Option<int?> _channels = new("--channels") { Description = "Sound: channels of plain samples, or to ask of a device. Without it: 1.", HelpName = "N" };
    private readonly Option<string?> _mix = new("--mix") { Description = "Sound: how several channels become one: mean, left, right, or a channel's number from 0. Without it: mean.", HelpName = "CHANNEL" };
    private readonly Option<string?> _onGap = new("--on-gap") { Description = "Where samples, or records by 'seq' or --step-clock, are missing: keep the memory, reset it, or fill: sound with silence (2 s at most, else reset), records with the last one (256 at most). Without it: fill for sound, keep for records.", HelpName = "keep|reset|fill" };

    /// <summary>Formats of records and of sound, for help and for hints.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. FeedBuilder.Formats, .. SoundSource.Formats];

    /// <summary>All names of formats that are taken.</summary>
    public static string[] AcceptedFormats { get; } = [.. Formats, .. SampleEncodings.AlsaNames];

    /// <summary>Adds them to a verb that can listen.</summary>
    public void AddTo(Command verb)
    {
        CheckRange(_rate, AudioFormat.LeastRateHz, AudioFormat.GreatestRateHz);
        CheckRange(_channels, 1, AudioFormat.MostChannels);
        _mix.Validators.Add(static result =>
        {
            try
            {
                if (result.Tokens.Count == 1) ChannelMix.Parse(result.Tokens[0].Value);
            }
            catch (AudioException problem)
            {
                result.AddError($"--mix: {problem.Message}");
            }
        });
        _onGap.AcceptOnlyFromAmong("keep", "reset", "fill");
        foreach (Option option in (Option[])[.. All, _onGap]) verb.Options.Add(option);
    }

    /// <summary>The source of sound; null if records are fed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="feed">What <c>--feed</c> names.</param>
    /// <param name="format">What <c>--in</c> says, or null.</param>
    /// <param name="cardFormat">The format of the model's card.</param>
    /// <exception cref="UsageException">The options contradict each other.</exception>
    public SoundSource? Find(ParseResult parsed, string feed, string? format, string cardFormat)
    {
        bool isUri = AudioFeeds.IsUri(feed);
        format ??= isUri && !AudioFeeds.IsFormat(cardFormat) ? "s16le" : cardFormat;
        if (!AudioFeeds.IsFormat(format) || feed.Contains("://", StringComparison.Ordinal) && !isUri && !feed.StartsWith("file://", StringComparison.Ordinal))
        {
            if (isUri) throw new UsageException($"--feed is a source of sound, but --in is '{format}'. Expected {string.Join(", ", SoundSource.Formats)}: what the command writes. Leave --in out for s16le.");
            if (All.FirstOrDefault(option => parsed.GetResult(option) is not null) is { } idle)
                throw new UsageException($"{idle.Name} is for sound, but the input is '{format}'. Name what the samples are, as in --in s16le or --in wav, or leave {idle.Name} out.");
            if (parsed.GetValue(_onGap) is { } policy) CheckForRecords(policy, format, isLive: feed.Contains("://", StringComparison.Ordinal) && !feed.StartsWith("file://", StringComparison.Ordinal));
            return null;
        }
        if (format == AudioFeeds.WavFormat && !AudioFeeds.IsDevice(feed)) RefuseWithWav(parsed);
        return new SoundSource
        {
            Name = feed is "-" ? "stdin" : feed,
            Format = format,
            From = new AudioFormat(parsed.GetValue(_rate) ?? AudioFeeds.DefaultRateHz, parsed.GetValue(_channels) ?? 1),
            Mix = parsed.GetValue(_mix) is { } mix ? ChannelMix.Parse(mix) : ChannelMix.Mean,
            Gap = parsed.GetValue(_onGap) switch { "keep" => AudioGapPolicy.Carry, "reset" => AudioGapPolicy.Reset, _ => AudioGapPolicy.Zero },
        };
    }

    /// <summary>What is done where records are missing; null if that is not said.</summary>
    public string? OnGap(ParseResult parsed) => parsed.GetValue(_onGap);

    private static void CheckForRecords(string policy, string format, bool isLive)
    {
        if (policy != "keep" && !isLive && format is not ("jsonl" or "csv")) throw new UsageException($"--on-gap is {policy}, but the input is '{format}': only JSON Lines, CSV and messages have a 'seq' or 't' by which it is seen that records are missing. Leave --on-gap out.");
    }

    private Option[] All => [_rate, _channels, _mix];

    private void RefuseWithWav(ParseResult parsed)
    {
        foreach (Option<int?> option in (Option<int?>[])[_rate, _channels])
        {
            if (parsed.GetValue(option) is { } value)
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}, but --in is 'wav': the file says its own rate and channels, and they are changed to what the model wants. Leave {option.Name} out."));
        }
    }

    private static void CheckRange(Option<int?> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && (value < least || value > most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; expected {least} to {most}."));
    });
}
