using System.Globalization;
using SeqStream.Audio;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Routing;
using SeqStream.Mqtt.Routing;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Supervision;

/// <summary>A route of which everything that can be known before it runs is known to be right: the model is loaded, feed and sinks fit it.</summary>
internal sealed class RoutePlan : IDisposable
{
    private const string FileScheme = "file://";

    private readonly string _stamp;

    private RoutePlan(RouteOptions options, DaemonOptions daemon, LoadedModel model, RouteSound? sound)
    {
        Options = options;
        Daemon = daemon;
        Model = model;
        Sound = sound;
        Stages = sound?.Fit.StagesOf(model) ?? model.Stages;
        _stamp = StampOf(model.Reference);
    }

    public RouteOptions Options { get; }

    public DaemonOptions Daemon { get; }

    public LoadedModel Model { get; }

    /// <summary>The sound that it listens to; null for records.</summary>
    public RouteSound? Sound { get; }

    /// <summary>Front ends, executors and decoders, as the feed needs them.</summary>
    public StageFactory Stages { get; }

    /// <summary>True if the feed gives the same records again at the next start.</summary>
    public bool IsReplayed => !MqttUri.IsOne(Options.Feed) && !IsStandard(Options.Feed, "stdin") && !AudioFeeds.IsUri(Options.Feed);

    /// <summary>Loads the model and tries feed and sinks on it, without opening them. Null if there are problems.</summary>
    public static RoutePlan? Prepare(RouteOptions options, DaemonOptions daemon, ModelCatalog catalog, ConfigProblems problems)
    {
        int before = problems.Count;
        CheckEnds(options, daemon, problems);
        if (options.Model.Length == 0 || TryLoad(options, daemon, catalog, problems) is not { } plan) return null;
        if (problems.Count == before) Try(problems, options, "feed", options.Map!.PlaceOf("feed"), () => plan.TryFeed());
        for (int at = 0; at < options.Sinks.Length; at++)
        {
            string sink = options.Sinks[at];
            if (!MqttUri.IsOne(sink)) Try(problems, options, "sinks", options.SinkPlaces[at], () => plan.CreateSink(Stream.Null));
        }
        if (problems.Count == before) return plan;
        plan.Dispose();
        return null;
    }

    /// <summary>True if the model's files are not those any more that the plan was made of. Files that are gone have not changed: the plan needs them no more.</summary>
    public bool HasOtherFiles => StampOf(Model.Reference) is { Length: > 0 } now && now != _stamp;

    /// <summary>The broker that a URI names, with the credentials for it; null if it names none.</summary>
    public MqttUri? BrokerOf(string uri) => BrokerOf(uri, Daemon);

    /// <summary>A feed or sink as people may read it, without credentials.</summary>
    public static string Say(string uri) => MqttUri.IsOne(uri) ? MqttUri.Parse(uri).ToString() : uri;

    public static bool IsStandard(string uri, string name) => uri == name || uri == "-";

    /// <summary>The path that a feed or sink names.</summary>
    /// <exception cref="ArgumentException">It begins with a scheme that nobody knows.</exception>
    public static string PathOf(string uri, string standard)
    {
        if (uri.StartsWith(FileScheme, StringComparison.Ordinal)) return uri[FileScheme.Length..];
        int scheme = uri.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? uri : throw new ArgumentException($"it begins with '{uri[..scheme]}://'; expected {standard}, a file, or a broker (mqtt, mqtts, ws, wss).{NearestName.Hint(uri[..scheme], ["mqtt", "mqtts", "ws", "wss", "file"])}");
    }

    public IFrameFeed CreateFeed(Stream input) => FeedBuilder.Create(FeedOptionsOf(), input, Model);

    public IEmissionSink CreateSink(Stream output) => SinkBuilder.Create(Options.OutputFormat ?? (MqttUri.IsOne(Options.Feed) ? "jsonl" : Model.Card.OutputFormat), output, Model);

    public void Dispose() => Model.Dispose();

    private static MqttUri? BrokerOf(string uri, DaemonOptions daemon) => MqttUri.IsOne(uri) ? MqttUri.Parse(uri).WithCredentials(daemon.BrokerUser, daemon.BrokerPasswordFile) : null;

    private static string StampOf(ModelReference reference)
    {
        FileInfo[] files = [new(reference.ModelPath), .. reference.Folder is { } folder ? [new FileInfo(Path.Combine(folder, ModelCatalog.CardFile))] : Array.Empty<FileInfo>()];
        return files.All(static file => file.Exists) ? string.Join(' ', files.Select(static file => string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}"))) : "";
    }

    private FeedOptions FeedOptionsOf() => new() { Format = Options.InputFormat ?? Model.Card.InputFormat, Source = Options.Feed, StreamField = Options.StreamField, PassThrough = Options.PassThrough };

    private static RoutePlan? TryLoad(RouteOptions options, DaemonOptions daemon, ModelCatalog catalog, ConfigProblems problems)
    {
        LoadedModel? model = null;
        try
        {
            ModelReference reference = catalog.Resolve(options.Model);
            RouteSound? sound = MqttUri.IsOne(options.Feed) ? null : RouteSound.Find(options, reference);
            model = sound is null ? ModelLoader.Load(reference, options.Load) : ModelLoader.Load(reference, sound.Fit.Load, sound.Fit.Lowering);
            return new RoutePlan(options, daemon, model, sound);
        }
        catch (Exception fault) when (fault is ModelNotFoundException or CardException or OnnxFormatException or ModelNotStreamableException or StepNotWritableException or OrtLibraryNotFoundException
            or DeviceUnavailableException or OrtException or AudioException or ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            model?.Dispose();
            string key = fault is DeviceUnavailableException && options.Map!.Has("device") ? "device" : "model";
            problems.Add(options.Map!.PlaceOf(key), $"{options.Map.Path}{key}: {AsSetting(fault.Message)}");
            return null;
        }
    }

    /// <summary>Checks what needs no model, so that it is told even if the model cannot be loaded.</summary>
    private static void CheckEnds(RouteOptions options, DaemonOptions daemon, ConfigProblems problems)
    {
        if (options.Feed.Length > 0) Try(problems, options, "feed", options.Map!.PlaceOf("feed"), () => CheckFeed(options, daemon));
        for (int at = 0; at < options.Sinks.Length; at++)
        {
            string sink = options.Sinks[at];
            Try(problems, options, "sinks", options.SinkPlaces[at], () => CheckSink(sink, options, daemon));
        }
    }

    private static void CheckFeed(RouteOptions options, DaemonOptions daemon)
    {
        if (BrokerOf(options.Feed, daemon) is { } broker)
        {
            MqttFeed feed = MqttFeed.Create(broker);
            if (options.IsDurable && feed.DropsMessages) throw new ArgumentException("the feed drops messages (overflow=drop-newest), but a durable route promises to lose none. Use overflow=wait, or durable: false.");
            if (options.InputFormat is not null) throw new ArgumentException("the feed is a broker: its URI names the payload's format, as in payload=csv. Leave 'in' out.");
            if (options.StreamField is not null || options.PassThrough) throw new ArgumentException("the feed is a broker: its topic names the stream, and its payload is read as the URI says. Leave 'stream-field' and 'pass-through' out.");
        }
        else if (!IsStandard(options.Feed, "stdin") && !AudioFeeds.IsUri(options.Feed) && PathOf(options.Feed, "stdin") is var path && !File.Exists(path))
        {
            throw new ArgumentException($"the file '{path}' is absent; expected stdin, a file that is there, or a broker (mqtt, mqtts, ws, wss).");
        }
    }

    private static void CheckSink(string sink, RouteOptions options, DaemonOptions daemon)
    {
        if (BrokerOf(sink, daemon) is { } broker)
        {
            if (MqttSink.Create(broker, options.Name).DropsMessages && options.IsDurable) throw new ArgumentException("the sink drops messages (overflow), but a durable route promises to lose none. Use overflow=wait, or durable: false.");
        }
        else if (!IsStandard(sink, "stdout") && Path.GetDirectoryName(Path.GetFullPath(PathOf(sink, "stdout"))) is { } folder && !Directory.Exists(folder))
        {
            throw new ArgumentException($"the folder '{folder}' is absent; a file can be made only in one that is there.");
        }
    }

    private void TryFeed()
    {
        if (BrokerOf(Options.Feed) is { } broker) FeedBuilder.Create(broker, Model);
        else if (Sound is not null) Sound.Source.Create(Stream.Null);
        else CreateFeed(Stream.Null);
    }

    private static void Try(ConfigProblems problems, RouteOptions options, string key, ConfigPlace place, Action check)
    {
        try
        {
            check();
        }
        catch (Exception fault) when (fault is ArgumentException or AudioException or IOException or UnauthorizedAccessException)
        {
            problems.Add(place, $"{options.Map!.Path}{key}: {AsSetting(fault.Message)}");
        }
    }

    /// <summary>Messages that name options of the command line, in the words of a configuration.</summary>
    private static string AsSetting(string message)
    {
        foreach ((string option, string key) in ((string, string)[])[("--out ", "out: "), ("--in ", "in: "), ("--device", "device"), ("--executor ", "executor: "), ("--lookahead ", "lookahead: "), ("--window ", "window: "), ("--dim ", "dimensions: "), ("--const ", "constants: ")])
            message = message.Replace(option, key, StringComparison.Ordinal);
        return message;
    }
}
