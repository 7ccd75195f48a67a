using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Audio;
using SeqStream.Audio.Samples;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Routing;
using SeqStream.Hosting.Sound;
using SeqStream.Onnx.Lowering;
using SeqStream.Ort.Stepping;
using SeqStream.Pipeline;
using SeqStream.Weights;

namespace SeqStream.Hosting.Configuration;

/// <summary>Reads the routes of a configuration.</summary>
internal static class RouteBinder
{
    private const int LongestName = 64;
    private const int MostReordered = 1024;
    private const int MostKeptFrames = 1024;
    private const int UsualKeptFrames = 256;
    private const double SlowestClock = 0.0001;
    private const double FastestClock = 100_000;
    private static readonly TimeSpan s_longestCommit = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    public static IEnumerable<RouteOptions> Bind(ConfigMap routes, DaemonOptions daemon, ConfigProblems problems)
    {
        if (routes.Members.Count == 0) problems.Add(routes.Place, "routes is empty; expected at least one route, a name with model, feed and sinks below it.");
        List<RouteOptions> bound = [];
        foreach (ConfigMember member in routes.Members)
        {
            if (routes.Map(member.Key) is { } map) bound.Add(Bind(member, map, daemon, problems));
            else if (!routes.Has(member.Key)) problems.Add(member.Place, $"routes.{member.Key} is empty; expected model, feed and sinks below it.");
        }
        return bound;
    }

    private static RouteOptions Bind(ConfigMember member, ConfigMap map, DaemonOptions daemon, ConfigProblems problems)
    {
        if (!IsName(member.Key)) problems.Add(member.Place, string.Create(CultureInfo.InvariantCulture, $"'{member.Key}' names no route; expected 1 to {LongestName} letters a-z, digits, '-', '_' or '.', with a letter or digit first."));
        RouteOptions options = new()
        {
            Name = member.Key,
            Model = map.Required("model", "a name that 'seqstream models' lists, a model folder, or an .onnx file"),
            Feed = map.Required("feed", "stdin, a file, a sound device as in alsa:default, or a broker as in mqtt://127.0.0.1:1883/sensors/{stream}/x?qos=1&client=NAME"),
            InputFormat = Format(map, "in", [.. FeedBuilder.Formats, .. SoundSource.Formats], SampleEncodings.AlsaNames),
            StreamField = map.Text("stream-field"),
            PassThrough = map.Flag("pass-through") ?? false,
            OutputFormat = Format(map, "out", SinkBuilder.Formats, []),
            Load = Load(map),
            IsDurable = map.Flag("durable") ?? daemon.StateDirectory is not null,
            Threads = map.Whole("threads", 1, 256) ?? 1,
            MaxBatch = map.Whole("batch", 1, 4096) ?? 128,
            MaxWait = map.Duration("wait", TimeSpan.Zero, s_longestWait) ?? TimeSpan.Zero,
            OnError = map.Choice("on-error", ("restart", FailureRule.Restart), ("stop", FailureRule.Stop)) ?? FailureRule.Restart,
            Fingerprint = $"{member.Value.Fingerprint()} {daemon.StateDirectory is not null} {daemon.BrokerUser?.Length}:{daemon.BrokerUser} {daemon.BrokerPasswordFile}",
            Map = map,
        };
        List<(string Text, ConfigPlace Place)> sinks = [.. map.Texts("sinks"), .. map.Texts("sink")];
        options = options with { Sinks = [.. sinks.Select(static sink => sink.Text)], SinkPlaces = [.. sinks.Select(static sink => sink.Place)] };
        if (sinks.Count == 0 && !map.Has("sink") && !map.Has("sinks")) problems.Add(map.Place, $"{map.Path}sinks is missing; expected stdout, files, or brokers as in mqtt://127.0.0.1:1883/out/{{stream}}.");
        if (map.Has("sink") && map.Has("sinks")) map.Refuse("sink", "and sinks stand both here; keep one of them.");
        if (options.IsDurable && daemon.StateDirectory is null) map.Refuse("durable", "is true, but no state directory is named. Add the top-level key 'state', or leave it out.");
        options = Flow(map, Keep(map, Sound(map, Swap(map, options))));
        map.Complete();
        return options;
    }

    private static RouteOptions Swap(ConfigMap map, RouteOptions options)
    {
        SwapPolicy policy = map.Choice("swap", ("carry", SwapPolicy.Carry), ("replay", SwapPolicy.Replay), ("drain", SwapPolicy.Drain)) ?? SwapPolicy.Carry;
        if (options.IsDurable && map.Has("swap")) map.Refuse("swap", "means nothing for a route that keeps its streams: a stored stream fits only the weights it was made with. Leave it out, or set 'durable: false'.");
        int? frames = map.Whole("swap-frames", 1, MostKeptFrames);
        if (frames is not null && policy != SwapPolicy.Replay) map.Refuse("swap-frames", "means nothing unless 'swap' is 'replay'. Leave it out, or replay.");
        return options with { Swap = policy, KeptFrames = policy == SwapPolicy.Replay ? frames ?? UsualKeptFrames : 0 };
    }

    private static RouteOptions Sound(ConfigMap map, RouteOptions options)
    {
        if (map.Map("sound") is not { } sound) return options;
        AudioFormat from = new(sound.Whole("rate", AudioFormat.LeastRateHz, AudioFormat.GreatestRateHz) ?? AudioFeeds.DefaultRateHz, sound.Whole("channels", 1, AudioFormat.MostChannels) ?? 1);
        AudioGapPolicy gap = sound.Choice("gap", ("hold", AudioGapPolicy.Carry), ("reset", AudioGapPolicy.Reset), ("fill", AudioGapPolicy.Zero)) ?? AudioGapPolicy.Zero;
        options = options with { HasSoundKeys = true, Sound = options.Sound with { From = from, Mix = Mix(sound), Gap = gap } };
        sound.Complete();
        return options;
    }

    private static ChannelMix Mix(ConfigMap sound)
    {
        try
        {
            return sound.Text("mix") is { } mix ? ChannelMix.Parse(mix) : ChannelMix.Mean;
        }
        catch (AudioException)
        {
            sound.Refuse("mix", $"is '{sound.Text("mix")}'; expected mean, left, right, or a channel's number from 0.");
            return ChannelMix.Mean;
        }
    }

    private static RouteOptions Keep(ConfigMap map, RouteOptions options)
    {
        if (map.Map("commit") is { } commit)
        {
            options = options with
            {
                CommitInterval = commit.Duration("interval", TimeSpan.FromMilliseconds(1), s_longestCommit) ?? options.CommitInterval,
                CommitReceipts = commit.Whole("receipts", 1, 1 << 20),
            };
            commit.Complete();
        }
        if (map.Map("idle") is { } idle) options = Idle(idle, options);
        options = options with { OnLostState = map.Choice("on-lost-state", ("stop", LostStatePolicy.Stop), ("begin-anew", LostStatePolicy.BeginAnew)) ?? LostStatePolicy.Stop };
        if (!options.IsDurable && map.Has("on-lost-state")) map.Refuse("on-lost-state", "means nothing for a route that keeps no streams. Name a state directory with the top-level key 'state', or leave it out.");
        if (!options.IsDurable && map.Has("commit")) map.Refuse("commit", "means nothing for a route that keeps no streams. Name a state directory with the top-level key 'state', or leave it out.");
        return options;
    }

    private static RouteOptions Idle(ConfigMap idle, RouteOptions options)
    {
        TimeSpan after = idle.Duration("after", TimeSpan.FromMilliseconds(1), DaemonConfiguration.LongestRest) ?? TimeSpan.Zero;
        if (!idle.Has("after")) idle.Refuse("after", "is missing; expected a duration such as 15m.");
        bool hibernates = idle.Choice("then", ("hibernate", true), ("end", false)) ?? options.IsDurable;
        if (hibernates && !options.IsDurable) idle.Refuse("then", "is 'hibernate', but the route keeps no streams. Name a state directory with the top-level key 'state', or use end.");
        if (!hibernates && options.IsDurable) idle.Refuse("then", "is 'end', but the route keeps its streams. Use hibernate, or set 'durable: false'.");
        idle.Complete();
        return hibernates ? options with { HibernateAfter = after } : options with { EndAfter = after };
    }

    /// <summary>What happens to frames on their way: too many of them, out of order, or missing.</summary>
    private static RouteOptions Flow(ConfigMap map, RouteOptions options)
    {
        options = options with { Overflow = map.Choice("overflow", ("wait", OverflowPolicy.Wait), ("drop-oldest", OverflowPolicy.DropOldest), ("drop-newest", OverflowPolicy.DropNewest)) ?? OverflowPolicy.Wait };
        if (options is { IsDurable: true, Overflow: not OverflowPolicy.Wait }) map.Refuse("overflow", "would drop frames, but the route keeps its streams and promises to lose none. Use wait, or set 'durable: false'.");
        if (map.Map("clock") is not { } clock) return options;
        double? hertz = clock.Number("hz", SlowestClock, FastestClock);
        options = options with
        {
            Gaps = new GapOptions
            {
                Clock = hertz is { } rate ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero,
                Policy = clock.Choice("gap", ("hold", GapPolicy.Keep), ("reset", GapPolicy.Reset), ("fill", GapPolicy.Fill)) ?? GapPolicy.Keep,
            },
            Order = new FrameOrderOptions
            {
                Window = clock.Whole("reorder", 0, MostReordered) ?? 0,
                Late = clock.Choice("late", ("drop", LatePolicy.Drop), ("accept", LatePolicy.Accept)) ?? LatePolicy.Drop,
            },
        };
        if (options is { IsDurable: true, Gaps.Policy: GapPolicy.Fill }) clock.Refuse("gap", "is 'fill', but the store does not keep the frame that would be filled in. Use hold or reset, or set 'durable: false' for the route.");
        clock.Complete();
        return options;
    }

    private static ModelLoadOptions Load(ConfigMap map) => new()
    {
        Executor = map.Choice("executor", ("native", ExecutorKind.Native), ("onnxruntime", ExecutorKind.OnnxRuntime)) ?? ExecutorKind.Choose,
        Device = map.Text("device") ?? "cpu",
        LookAhead = map.Whole("lookahead", 0, LoweringOptions.MostLookAhead),
        Weights = map.Choice("weights", [.. WeightForms.All.Select(static form => (form.ShortName(), form))]),
        Window = map.Whole("window", 1, WindowModel.MostFrames),
        Dimensions = Numbers(map, "dimensions", static (numbers, name) => numbers.Whole(name, 1, int.MaxValue)).ToImmutableDictionary(static pair => pair.Key, static pair => pair.Value),
        Constants = Numbers(map, "constants", static (numbers, name) => numbers.Whole(name, int.MinValue, int.MaxValue)).ToImmutableDictionary(static pair => pair.Key, static pair => (long)pair.Value),
    };

    private static IEnumerable<KeyValuePair<string, int>> Numbers(ConfigMap map, string key, Func<ConfigMap, string, int?> read)
    {
        if (map.Map(key) is not { } numbers) yield break;
        foreach (ConfigMember member in numbers.Members)
        {
            if (read(numbers, member.Key) is { } value) yield return KeyValuePair.Create(member.Key, value);
        }
    }

    private static string? Format(ConfigMap map, string key, IReadOnlyList<string> formats, IReadOnlyCollection<string> otherNames)
    {
        if (map.Text(key) is not { } text || formats.Contains(text) || otherNames.Contains(text)) return map.Text(key);
        map.Refuse(key, $"is '{text}'; expected {string.Join(" or ", formats)}.{NearestName.Hint(text, formats)}");
        return null;
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_' or '.');
}
