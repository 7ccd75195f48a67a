using System.CommandLine;
using SeqStream.Audio;
using SeqStream.Cli.Output;
using SeqStream.Cli.Running;
using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Routing;
using SeqStream.Hosting.Sound;
using SeqStream.Mqtt.Routing;
using SeqStream.Onnx.Lowering;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Cli.Verbs;

/// <summary><c>run MODEL</c>: the Unix filter, one record per line.</summary>
internal static class RunVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly BrokerOptions s_broker = new();
    private static readonly SoundOptions s_sound = new();
    private static readonly StateOptions s_state = new();
    private static readonly StreamOptions s_streams = new();
    private static readonly ShadowOptions s_shadow = new();
    private static readonly Option<string?> s_in = new("--in") { Description = $"Format of the input: {string.Join(", ", SoundOptions.Formats)}. Without it: the model's own.", HelpName = "FORMAT" };
    private static readonly Option<string?> s_out = new("--out") { Description = $"Format of the output: {string.Join(", ", SinkBuilder.Formats)}. Without it: the model's own.", HelpName = "FORMAT" };
    private static readonly Option<string> s_feed = new("--feed") { Description = "Where records come from: stdin, a file, a sound device as in alsa:default, a command that writes sound as in exec:'arecord -q -f S16_LE -r 16000 -t raw', or a broker as in mqtt://HOST/sensors/{stream}/x?qos=1&client=NAME.", DefaultValueFactory = static _ => Endpoint.StandardInput, HelpName = "URI" };
    private static readonly Option<string> s_sink = new("--sink") { Description = "Where emissions go: stdout, a file, or a broker as in mqtt://HOST/out/{stream}.", DefaultValueFactory = static _ => Endpoint.StandardOutput, HelpName = "URI" };
    private static readonly Option<string?> s_streamField = new("--stream-field") { Description = "The JSON member or CSV column that names the stream.", HelpName = "NAME" };
    private static readonly Option<bool> s_passThrough = new("--pass-through") { Description = "Copy JSON members that mean nothing here to the output." };
    private static readonly Option<bool> s_strict = new("--strict") { Description = "Stop at the first bad record instead of refusing it." };

    private static readonly Option<string?> s_deadLetter = new("--dead-letter") { Description = "Append every refused record with the reason to this file, as JSON Lines.", HelpName = "FILE" };

    private static readonly Option<int?> s_beam = new("--beam") { Description = "Hypotheses that a translator follows; 1 says every word as it is chosen. Without it: as many as its card says.", HelpName = "N" };

    public static Command Create()
    {
        Command verb = new("run", "Step a model over records from stdin; answer on stdout.");
        s_model.AddTo(verb);
        s_in.AcceptOnlyFromAmong(SoundOptions.AcceptedFormats);
        s_out.AcceptOnlyFromAmong([.. SinkBuilder.Formats]);
        foreach (Option option in new Option[] { s_in, s_out, s_feed, s_sink, s_streamField, s_passThrough, s_strict, s_deadLetter, s_beam }) verb.Options.Add(option);
        s_broker.AddTo(verb);
        s_sound.AddTo(verb);
        s_state.AddTo(verb);
        s_streams.AddTo(verb);
        s_shadow.AddTo(verb);
        s_output.AddTo(verb);
        verb.SetAction(static (parsed, _) => RunAsync(parsed));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using StopSignal stop = new();
        try
        {
            return await RunAsync(parsed, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.Signal != 0)
        {
            return ExitCode.SignalBase + stop.Signal; // while it waited for the first bytes
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, StopSignal stop)
    {
        ModelReference reference = s_model.Resolve(parsed);
        ModelLoadOptions load = s_model.LoadOptions(parsed);
        RunEnds ends = EndsOf(parsed, reference.Card);
        using Stream source = ends.OpenSource();
        Stream input = source;
        await using SoundInput? sound = ends.Sound is null ? null : await SoundInput.OpenAsync(ends.Sound, source, stop.Token).ConfigureAwait(false);
        SoundFit? fit = sound?.Fit(reference, load);
        load = fit?.Load ?? load;
        LoweringResult lowering = fit?.Lowering ?? ModelLoader.Inspect(reference, load);
        if (ends.CanPeek && lowering is { Plan: null, Open.IsEmpty: false })
        {
            (RecordShape? first, input) = await FirstRecord.PeekAsync(source, stop.Token).ConfigureAwait(false);
            if (first is not null) lowering = ModelLoader.Bind(reference, lowering, first);
        }
        using SqliteCheckpointStore? store = s_state.Open(parsed);
        using LoadedModel model = ModelLoader.Load(reference, load, lowering);
        Notices notices = new(s_output.Quiet(parsed));
        notices.ExplainExecutor(model, load);
        notices.ExplainLookAhead(model, load);
        using DeadLetters? deadLetters = DeadLetters.Open(parsed.GetValue(s_deadLetter), model.FrameSignature);
        FaultPrinter faults = new(s_output.Json(parsed), parsed.GetValue(s_strict), stop, deadLetters);
        using Stream output = ends.OpenTarget();
        GapNotices gaps = new(ends.Records.Source, notices);
        IFrameFeed feed = ends.CreateFeed(model, input, sound, fit, gaps, notices);
        IEmissionSink sink = ends.CreateSink(model, output, parsed.GetValue(s_out), notices);
        StageFactory stages = StagesOf(parsed, model, fit);
        EngineOptions options = OptionsOf(parsed, ends, model, store, feed, sink);
        if (options.Durability is { } kept && feed is IReceiptFeed receipts) receipts.Restore(store!.Items(kept.Route).Select(static item => KeyValuePair.Create(item.Key, item.Value!)));
        using ShadowRun? shadow = s_shadow.Open(parsed, load, model, isKept: store is not null);
        Task<RouteSummary> running = shadow?.RunAsync(feed, stages, sink, options, faults, stop.Token) ?? new Route(feed, stages, sink, options, faults).RunAsync(stop.Token);
        RouteSummary summary = await running.ConfigureAwait(false);
        if (feed is MqttFeed broker) await broker.Completion.ConfigureAwait(false);
        shadow?.Tell(notices);
        Tell(notices, summary, model.Lowering);
        if (feed is AudioFeed listener) gaps.Sum(listener.Counters);
        if (stop.Signal != 0) return ExitCode.SignalBase + stop.Signal;
        return faults.Count > 0 ? ExitCode.BadData : ExitCode.Ok;
    }

    private static RunEnds EndsOf(ParseResult parsed, ModelCard card)
    {
        FeedOptions records = FeedOptionsOf(parsed, card);
        RunEnds ends = new(records, s_sound.Find(parsed, records.Source, parsed.GetValue(s_in), card.InputFormat), s_broker.Find(parsed, records.Source), parsed.GetValue(s_sink)!, s_broker.Find(parsed, parsed.GetValue(s_sink)!));
        if (ends.FromBroker is not null) RefuseFormat(parsed, s_in, "--feed", "its URI names the payload's, as in payload=csv");
        if (ends.ToBroker is not null) RefuseFormat(parsed, s_out, "--sink", "emissions are published as JSON");
        return ends;
    }

    private static FeedOptions FeedOptionsOf(ParseResult parsed, ModelCard card) => new()
    {
        Format = parsed.GetValue(s_in) ?? card.InputFormat,
        Source = parsed.GetValue(s_feed)!,
        StreamField = parsed.GetValue(s_streamField),
        PassThrough = parsed.GetValue(s_passThrough),
    };

    private static void RefuseFormat(ParseResult parsed, Option<string?> format, string end, string instead)
    {
        if (parsed.GetValue(format) is { } name) throw new UsageException($"{format.Name} is '{name}', but {end} is a broker: {instead}. Leave {format.Name} out.");
    }

    private static StageFactory StagesOf(ParseResult parsed, LoadedModel model, SoundFit? fit)
    {
        StageFactory stages = parsed.GetValue(s_beam) is { } beam ? BeamStages.Of(model, beam) : fit?.StagesOf(model) ?? model.Stages;
        return parsed.GetValue(s_strict) ? StrictFrontEnd.Guard(stages) : stages;
    }

    private static EngineOptions OptionsOf(ParseResult parsed, RunEnds ends, LoadedModel model, SqliteCheckpointStore? store, IFrameFeed feed, IEmissionSink sink)
    {
        int threads = s_model.Threads(parsed);
        EngineOptions options = new() { Threads = threads, Durability = s_state.Of(parsed, store, model.Card.Name, feed, sink, threads) };
        return s_streams.Apply(parsed, options, feed, ends.Sound is null ? s_sound.OnGap(parsed) : null);
    }

    /// <summary>Says what a run counted that people should know.</summary>
    private static void Tell(Notices notices, RouteSummary summary, LoweringResult lowering)
    {
        notices.CountTooShort(summary.Counters.TooShort, lowering.ShortestStream);
        notices.CountCutFrames(summary.Counters.CutFrames, lowering.LengthMultiple);
        StreamNotices.Tell(notices, summary.Counters);
    }
}
