using System.CommandLine;
using SeqStream.Audio;
using SeqStream.Mqtt.Routing;
using SeqStream.Contracts;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Cli.Verbs;

/// <summary>Where streams are kept between runs.</summary>
internal sealed class StateOptions
{
    private const double LongestInterval = 3600;
    private const double LongestRest = 10_000_000;
    private readonly Option<string?> _directory = new("--state-dir") { Description = "Keep every stream in this directory: a restart goes on where each one was.", HelpName = "DIR" };
    private readonly Option<string?> _route = new("--route") { Description = "Name of the route in the state directory. Without it: the model's name.", HelpName = "NAME" };
    private readonly Option<double> _interval = new("--commit-every") { Description = "Longest time from a record to its checkpoint, in seconds.", DefaultValueFactory = static _ => 1, HelpName = "SECONDS" };
    private readonly Option<double> _hibernate = new("--hibernate-after") { Description = "Free the memory of streams that were quiet for so many seconds; their next record brings them back. 0: never.", HelpName = "SECONDS" };

    private readonly Option<string> _lost = new("--on-lost-state") { Description = "Where what is stored of a stream is damaged or of other weights: stop, or begin-anew and say so.", DefaultValueFactory = static _ => "stop", HelpName = "POLICY" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        _lost.AcceptOnlyFromAmong("stop", "begin-anew");
        foreach (Option option in new Option[] { _directory, _route, _interval, _hibernate, _lost }) verb.Options.Add(option);
    }

    /// <summary>Opens the state directory; null if none is named.</summary>
    /// <exception cref="CheckpointException">It cannot be used.</exception>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public SqliteCheckpointStore? Open(ParseResult parsed)
    {
        Check(_interval, parsed.GetValue(_interval), 0.001, LongestInterval);
        Check(_hibernate, parsed.GetValue(_hibernate), 0, LongestRest);
        if (parsed.GetValue(_directory) is { } directory) return new SqliteCheckpointStore(directory);
        foreach (Option option in new Option[] { _route, _interval, _hibernate, _lost })
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new UsageException($"{option.Name} means nothing without --state-dir. Name a directory, or leave {option.Name} out.");
        }
        return null;
    }

    /// <summary>How a route keeps its streams in an open state directory.</summary>
    public DurabilityOptions? Of(ParseResult parsed, ICheckpointStore? store, string model, IFrameFeed feed, IEmissionSink sink, int threads)
    {
        if (store is null) return null;
        if (feed is MqttFeed { DropsMessages: true }) throw new UsageException("--feed drops messages (overflow=drop-newest), but --state-dir promises to lose none. Use overflow=wait, or leave --state-dir out.");
        if (sink is MqttSink { DropsMessages: true }) throw new UsageException("--sink drops messages (overflow), but --state-dir promises to lose none. Use overflow=wait, or leave --state-dir out.");
        return new DurabilityOptions(store, parsed.GetValue(_route) ?? model)
        {
            Interval = TimeSpan.FromSeconds(parsed.GetValue(_interval)),
            HibernateAfter = TimeSpan.FromSeconds(parsed.GetValue(_hibernate)),
            OnLostState = parsed.GetValue(_lost) == "begin-anew" ? LostStatePolicy.BeginAnew : LostStatePolicy.Stop,
            MostReceipts = feed is MqttFeed broker ? Math.Max(1, broker.Window / (2 * threads)) : 256,
            IsReplayed = feed is not MqttFeed && feed.Source is not ("stdin" or "-") && !AudioFeeds.IsUri(feed.Source),
        };
    }

    private static void Check(Option<double> option, double value, double low, double high)
    {
        if (!(value >= low && value <= high)) throw new UsageException(FormattableString.Invariant($"{option.Name} is {value}; expected {low} to {high} seconds."));
    }
}
