using System.Collections.Immutable;
using SeqStream.Audio;
using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Feeds.Reading;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Routing;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Routing;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Hosting.Supervision;

/// <summary>A route from the moment it opens its feed and sinks until all of them are closed. A route that failed runs again in another one.</summary>
internal sealed class RouteRun : IAsyncDisposable
{
    private readonly List<Stream> _files = [];
    private readonly TrackedFeed _tracked;
    private readonly Route _route;

    /// <summary>Opens files; brokers are reached when it runs.</summary>
    /// <param name="plan">The route.</param>
    /// <param name="streams">The process's own input and output.</param>
    /// <param name="store">Where streams are kept; null for nowhere.</param>
    /// <param name="faults">Told of refused records.</param>
    /// <param name="watch">Makes an observer for each client of a broker.</param>
    /// <param name="gaps">Told where samples of sound were lost.</param>
    public RouteRun(RoutePlan plan, DaemonStreams streams, ICheckpointStore? store, IFaultReporter faults, Func<BrokerWatch> watch, Action<AudioGap> gaps)
    {
        List<BrokerWatch> watches = [];
        IFrameFeed feed = OpenFeed(plan, streams, watches, watch, gaps);
        IEmissionSink[] sinks = [.. plan.Options.Sinks.Select(sink => OpenSink(plan, sink, streams, watches, watch))];
        Watches = [.. watches];
        BrokerSinks = [.. sinks.OfType<MqttSink>()];
        EngineOptions options = new() { Threads = plan.Options.Threads, MaxBatch = plan.Options.MaxBatch, MaxWait = plan.Options.MaxWait, KeptFrames = plan.Options.KeptFrames, IdleAfter = plan.Options.EndAfter, WhenBehind = plan.Options.Overflow, Gaps = plan.Options.Gaps, Order = OrderOf(plan.Options, feed as MqttFeed), Durability = DurabilityOf(plan, store, feed as MqttFeed) };
        if (options.Durability is not null && feed is IReceiptFeed receipts) receipts.Restore(store!.Items(plan.Options.Name).Select(static item => KeyValuePair.Create(item.Key, item.Value!)));
        _tracked = new TrackedFeed(feed);
        _route = new Route(feed is MqttFeed ? feed : _tracked, plan.Stages, sinks.Length == 1 ? sinks[0] : new FanOutSink(sinks), options, faults);
    }

    public StreamEngine? Engine => _route.Engine;

    /// <summary>One for each client of a broker.</summary>
    public ImmutableArray<BrokerWatch> Watches { get; }

    public ImmutableArray<MqttSink> BrokerSinks { get; }

    public MqttFeed? Broker => _tracked.Inner as MqttFeed;

    public Task<RouteSummary> RunAsync(CancellationToken stop) => _route.RunAsync(stop);

    /// <summary>Throws what ended the feed early, if anything did.</summary>
    public Task FeedEnd => Broker?.Completion ?? Task.CompletedTask;

    /// <summary>Waits until the feed reads no more, and closes files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_route.Engine is not null) await (Broker?.Completion ?? _tracked.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Stream file in _files) await file.DisposeAsync().ConfigureAwait(false);
    }

    private IFrameFeed OpenFeed(RoutePlan plan, DaemonStreams streams, List<BrokerWatch> watches, Func<BrokerWatch> watch, Action<AudioGap> gaps)
    {
        if (plan.BrokerOf(plan.Options.Feed) is { } broker)
        {
            watches.Add(watch());
            return FeedBuilder.Create(broker, plan.Model, watches[^1]);
        }
        Stream bytes = OpenBytes(plan.Options.Feed, streams);
        return plan.Sound?.CreateFeed(bytes, gaps) ?? plan.CreateFeed(bytes);
    }

    private Stream OpenBytes(string feed, DaemonStreams streams)
    {
        if (AudioFeeds.IsUri(feed)) return Stream.Null;
        if (RoutePlan.IsStandard(feed, "stdin")) return streams.Input;
        FileStream file = File.OpenRead(RoutePlan.PathOf(feed, "stdin"));
        _files.Add(file);
        return new BlockingSourceStream(file);
    }

    private IEmissionSink OpenSink(RoutePlan plan, string sink, DaemonStreams streams, List<BrokerWatch> watches, Func<BrokerWatch> watch)
    {
        if (plan.BrokerOf(sink) is { } broker)
        {
            watches.Add(watch());
            return MqttSink.Create(broker, plan.Options.Name, watches[^1]);
        }
        if (RoutePlan.IsStandard(sink, "stdout")) return plan.CreateSink(streams.Output);
        FileStream file = new(RoutePlan.PathOf(sink, "stdout"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _files.Add(file);
        return plan.CreateSink(file);
    }

    /// <summary>Frames that are held are not acknowledged: never so many that the broker stops sending.</summary>
    private static FrameOrderOptions OrderOf(RouteOptions options, MqttFeed? broker)
        => broker is null ? options.Order : options.Order with { MostHeld = Math.Max(1, broker.Window / (2 * options.Threads)) };

    private static DurabilityOptions? DurabilityOf(RoutePlan plan, ICheckpointStore? store, MqttFeed? broker)
    {
        if (store is null || !plan.Options.IsDurable) return null;
        DurabilityOptions options = new(store, plan.Options.Name) { Interval = plan.Options.CommitInterval, HibernateAfter = plan.Options.HibernateAfter, OnLostState = plan.Options.OnLostState, IsReplayed = plan.IsReplayed };
        int most = plan.Options.CommitReceipts ?? (broker is null ? options.MostReceipts : broker.Window / (2 * plan.Options.Threads));
        return options with { MostReceipts = Math.Max(1, most) };
    }

    /// <summary>Knows when a feed's reading is over, which the route does not wait for when its sink ends first.</summary>
    private sealed class TrackedFeed(IFrameFeed inner) : IFrameFeed
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IFrameFeed Inner => inner;

        public Task Completion => _completion.Task;

        public string Source => inner.Source;

        public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
        {
            try
            {
                await inner.ReadAsync(context, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _completion.TrySetResult();
            }
        }
    }
}
