using System.CommandLine;
using SeqStream.Contracts;
using SeqStream.Mqtt.Routing;
using SeqStream.Pipeline;

namespace SeqStream.Cli.Verbs;

/// <summary>How streams live: how long they may be quiet, and how many there may be.</summary>
internal sealed class StreamOptions
{
    private const double LongestRest = 10_000_000;
    private const double ShortestClock = 0.00001;
    private const int MostReordered = 1024;
    private const int MostStreams = 1 << 28;
    private readonly Option<double> _idleAfter = new("--idle-after") { Description = "End streams that were quiet for so many seconds, and say so. 0: never.", HelpName = "SECONDS" };
    private readonly Option<int> _maxStreams = new("--max-streams") { Description = "Most streams at once: when another begins, the one quiet for longest ends, and its end is told. 0: any number.", HelpName = "N" };

    private readonly Option<int> _reorder = new("--reorder") { Description = "Hold up to N records of a stream that come early, in order of their 'seq'.", HelpName = "N" };
    private readonly Option<string> _late = new("--late") { Description = "What happens to a record whose turn is over, by its 'seq': drop, or accept it out of order.", DefaultValueFactory = static _ => "drop", HelpName = "POLICY" };

    private readonly Option<double> _clock = new("--step-clock") { Description = "Seconds from one record of a stream to the next, by their 't'; more than one and a half of them is a gap.", HelpName = "SECONDS" };

    private readonly Option<string> _whenBehind = new("--when-behind") { Description = "What happens to records when the model or the output is behind: wait, drop-oldest or drop-newest.", DefaultValueFactory = static _ => "wait", HelpName = "POLICY" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        _late.AcceptOnlyFromAmong("drop", "accept");
        _whenBehind.AcceptOnlyFromAmong("wait", "drop-oldest", "drop-newest");
        foreach (Option option in new Option[] { _idleAfter, _maxStreams, _reorder, _late, _clock, _whenBehind }) verb.Options.Add(option);
    }

    /// <summary>Adds to an engine's options what was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What is known already.</param>
    /// <param name="feed">Where records come from.</param>
    /// <param name="onGap">What is done where records are missing; null for nothing.</param>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public EngineOptions Apply(ParseResult parsed, EngineOptions options, IFrameFeed feed, string? onGap)
    {
        double idleAfter = parsed.GetValue(_idleAfter);
        int maxStreams = parsed.GetValue(_maxStreams);
        if (!(idleAfter is 0 or >= 0.001 and <= LongestRest)) throw new UsageException(FormattableString.Invariant($"{_idleAfter.Name} is {idleAfter}; expected 0, or 0.001 to {LongestRest} seconds."));
        if (maxStreams != 0 && (maxStreams < options.Threads || maxStreams > MostStreams)) throw new UsageException(FormattableString.Invariant($"{_maxStreams.Name} is {maxStreams}; expected 0, or {options.Threads} (one for each thread) to {MostStreams}."));
        if (options.Durability is not null && (idleAfter > 0 || maxStreams > 0))
            throw new UsageException($"{(idleAfter > 0 ? _idleAfter.Name : _maxStreams.Name)} would end streams that --state-dir keeps. Free their memory with --hibernate-after, or leave --state-dir out.");
        return options with { IdleAfter = TimeSpan.FromSeconds(idleAfter), MostStreams = maxStreams, Order = OrderOf(parsed, feed, options.Threads), Gaps = GapsOf(parsed, options, onGap), WhenBehind = OverflowOf(parsed, options) };
    }

    private FrameOrderOptions OrderOf(ParseResult parsed, IFrameFeed feed, int threads)
    {
        int window = parsed.GetValue(_reorder);
        if (window is < 0 or > MostReordered) throw new UsageException(FormattableString.Invariant($"{_reorder.Name} is {window}; expected 0 to {MostReordered} records."));
        return new FrameOrderOptions
        {
            Window = window,
            Late = parsed.GetValue(_late) == "accept" ? LatePolicy.Accept : LatePolicy.Drop,
            MostHeld = feed is MqttFeed broker ? Math.Max(1, broker.Window / (2 * threads)) : 1 << 16,
        };
    }

    private GapOptions GapsOf(ParseResult parsed, EngineOptions options, string? onGap)
    {
        double clock = parsed.GetValue(_clock);
        if (!(clock is 0 or >= ShortestClock and <= LongestRest)) throw new UsageException(FormattableString.Invariant($"{_clock.Name} is {clock}; expected 0, or {ShortestClock} to {LongestRest} seconds."));
        GapPolicy policy = onGap switch { "reset" => GapPolicy.Reset, "fill" => GapPolicy.Fill, _ => GapPolicy.Keep };
        if (policy == GapPolicy.Fill && options.Durability is not null) throw new UsageException("--on-gap is 'fill', but --state-dir does not keep the record that would be filled in. Use keep or reset, or leave --state-dir out.");
        return new GapOptions { Clock = TimeSpan.FromSeconds(clock), Policy = policy };
    }

    private OverflowPolicy OverflowOf(ParseResult parsed, EngineOptions options)
    {
        string policy = parsed.GetValue(_whenBehind)!;
        if (policy != "wait" && options.Durability is not null) throw new UsageException($"{_whenBehind.Name} is '{policy}', but --state-dir promises to lose no record. Use wait, or leave --state-dir out.");
        return policy switch { "drop-oldest" => OverflowPolicy.DropOldest, "drop-newest" => OverflowPolicy.DropNewest, _ => OverflowPolicy.Wait };
    }
}
