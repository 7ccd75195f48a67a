using Microsoft.Extensions.Logging;
using SeqStream.Audio;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Telemetry;
using SeqStream.Mqtt.Client;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.Pipeline.Shards;
using SeqStream.State;

namespace SeqStream.Hosting.Supervision;

/// <summary>Runs one route: starts it again when it fails, stops it when it is told to, and knows what all its runs did.</summary>
/// <param name="plan">The route; disposed with this.</param>
/// <param name="streams">The process's own input and output.</param>
/// <param name="store">Where streams are kept; null for nowhere.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="isReady">True once the daemon was ready: from then on a route that cannot start is tried again.</param>
/// <param name="changed">Called when the status changes; any thread.</param>
internal sealed class RouteRunner(RoutePlan plan, DaemonStreams streams, ICheckpointStore? store, ILogger log, TimeProvider time, Func<bool> isReady, Action changed) : IAsyncDisposable
{
    private readonly List<RoutePlan> _former = [];   // their streams may go on
    private readonly CancellationTokenSource _stop = new();
    private readonly RestartPauses _pauses = new(time, Random.Shared);
    private readonly RouteFaults _faults = new(plan.Options.Name, log, time);
    private readonly LogQuota _brokerQuota = new(time);
    private readonly LogQuota _gapQuota = new(time);
    private readonly Lock _gate = new();
    private RouteMeasurements _past = new() { Route = plan.Options.Name };
    private RouteRun? _run;
    private volatile RouteStatus _status;
    private volatile bool _hasBeenUp;

    public RouteOptions Options => plan.Options;

    public RouteStatus Status => _status;

    /// <summary>True once feed and sinks were open.</summary>
    public bool HasBeenUp => _hasBeenUp;

    /// <summary>What it failed of for good, or null.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Completes when the route has ended for good. Never faulted.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>True if its feed and sinks are open, and all its brokers connected.</summary>
    public bool IsReady => _status is RouteStatus.Ended || (_status == RouteStatus.Up && Current is { } run && run.Watches.All(static watch => watch.IsConnected));

    /// <summary>[shard] what each shard's thread is doing; empty while the route does not run.</summary>
    public ShardPulse[] Pulses => Current?.Engine?.Pulses() ?? [];

    private RouteRun? Current
    {
        get { lock (_gate) return _run; }
    }

    public void Start()
    {
        DaemonLog.RouteStarting(log, Options.Name, RoutePlan.Say(Options.Feed), string.Join(", ", Options.Sinks.Select(RoutePlan.Say)), Options.Model, plan.Model.Executors.Description, plan.Model.ExecutorReason);
        if (Options.IsDurable && (RoutePlan.IsStandard(Options.Feed, "stdin") || AudioFeeds.IsUri(Options.Feed)))
            DaemonLog.RouteCaveat(log, Options.Name, $"{Options.Feed} cannot be replayed: what was read from it and not stored yet is lost when this process is killed.");
        Completion = RunAsync();
    }

    /// <summary>True if the model's files are not those any more that it was started with.</summary>
    public bool HasOtherFiles => plan.HasOtherFiles;

    /// <summary>Takes another model under live streams, by the policy of the route; says so or why not.</summary>
    /// <param name="next">The same route with another model; disposed with this.</param>
    public async Task SwapAsync(RoutePlan next)
    {
        try
        {
            if (Current?.Engine is { } engine) await engine.SwapAsync(next.Stages, Options.Swap).ConfigureAwait(false);
        }
        catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException or StateSnapshotException)
        {
            DaemonLog.SwapRefused(log, Options.Name, refusal.Message);
            next.Dispose();
            return;
        }
        _former.Add(plan);
        plan = next;
        DaemonLog.Swapped(log, Options.Name, Options.Model, Options.Swap switch { SwapPolicy.Carry => "streams go on with what they remember", SwapPolicy.Replay => "streams remember their last frames", _ => "streams that had begun end on the old one" });
    }

    /// <summary>Tells it to read no more, to deliver what it has, and to end.</summary>
    public void Stop() => _stop.Cancel();

    public RouteMeasurements Measure()
    {
        lock (_gate) return _run is null ? _past with { Refused = _faults.Count, IsDurable = Options.IsDurable } : With(_past, _run) with { IsUp = IsReady };
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Completion.ConfigureAwait(false);
        plan.Dispose();
        _former.ForEach(static former => former.Dispose());
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            _pauses.Begin();
            Set(RouteStatus.Starting);
            (Exception? fault, bool sinkClosed) = await RunOnceAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
            {
                if (fault is not null) DaemonLog.RouteFailed(log, Options.Name, Describe(fault));
                else DaemonLog.RouteStopped(log, Options.Name);
                Fault = fault;
                Set(fault is null ? RouteStatus.Stopped : RouteStatus.Failed);
                return;
            }
            if (fault is null)
            {
                DaemonLog.RouteEnded(log, Options.Name, sinkClosed ? "whoever read its output has gone" : "its feed is at its end");
                Set(RouteStatus.Ended);
                return;
            }
            if (!await PauseAsync(fault).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Waits before the next run. False if there is none.</summary>
    private async Task<bool> PauseAsync(Exception fault)
    {
        if (!isReady() || Options.OnError == FailureRule.Stop)
        {
            Fault = fault;
            DaemonLog.RouteFailed(log, Options.Name, Describe(fault));
            Set(RouteStatus.Failed);
            return false;
        }
        TimeSpan pause = _pauses.Next();
        DaemonLog.RouteRestarting(log, Options.Name, Describe(fault), pause.TotalSeconds);
        Set(RouteStatus.Waiting);
        try
        {
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Set(RouteStatus.Stopped);
            return false;
        }
        lock (_gate) _past = _past with { Restarts = _past.Restarts + 1 };
        return true;
    }

    private async Task<(Exception? Fault, bool SinkClosed)> RunOnceAsync()
    {
        RouteRun? run = null;
        try
        {
            run = new RouteRun(plan, streams, store, _faults, () => new BrokerWatch(Options.Name, log, _brokerQuota, BrokerChanged), SayGap);
            lock (_gate) _run = run;
            Task<RouteSummary> running = run.RunAsync(_stop.Token);
            BrokerChanged();
            RouteSummary summary = await running.ConfigureAwait(false);
            await run.FeedEnd.ConfigureAwait(false);
            return (null, summary.SinkClosed);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return (null, false);
        }
        catch (Exception fault)
        {
            return (fault, false);
        }
        finally
        {
            if (run is not null) await EndAsync(run).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(RouteRun run)
    {
        await run.DisposeAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _past = With(_past, run) with { LiveStreams = 0, WaitingFrames = 0, WaitingEmissions = 0 };
            _run = null;
        }
    }

    /// <summary>A connection came or went: the route is up once all of its brokers are connected.</summary>
    private void BrokerChanged()
    {
        if (_status == RouteStatus.Starting && Current is { Engine: not null } run && run.Watches.All(static watch => watch.IsConnected))
        {
            lock (_gate)
            {
                if (_status != RouteStatus.Starting) return;
                _status = RouteStatus.Up;
            }
            _hasBeenUp = true;
            DaemonLog.RouteUp(log, Options.Name);
        }
        changed();
    }

    private void SayGap(AudioGap gap)
    {
        if (_gapQuota.TryTake(out long leftOut)) DaemonLog.SoundLost(log, Options.Name, gap.LostFrames, gap.LostFrames / (double)gap.RateHz, gap.Time, gap.Reason, leftOut);
    }

    private void Set(RouteStatus status)
    {
        lock (_gate) _status = status;
        changed();
    }

    private RouteMeasurements With(RouteMeasurements past, RouteRun run)
    {
        StreamEngine? engine = run.Engine;
        (long checkpoints, long at) = engine?.StoredCheckpoints ?? default;
        return past with
        {
            IsDurable = Options.IsDurable,
            Refused = _faults.Count,
            Shards = past.Shards + (engine?.Counters ?? default),
            LiveStreams = engine?.LiveStreams ?? 0,
            WaitingFrames = engine?.Pulses().Sum(static pulse => pulse.WaitingFrames) ?? 0,
            WaitingEmissions = engine is { Emissions.CanCount: true } ? engine.Emissions.Count : 0,
            Checkpoints = past.Checkpoints + checkpoints,
            CheckpointAge = at == 0 ? past.CheckpointAge : TimeProvider.System.GetElapsedTime(at).TotalSeconds,
            HasBrokerFeed = run.Broker is not null,
            HasBrokerSink = !run.BrokerSinks.IsEmpty,
            Feed = RouteMeasurements.Sum(past.Feed, run.Broker?.Counters ?? default),
            Sinks = run.BrokerSinks.Aggregate(past.Sinks, static (sum, sink) => RouteMeasurements.Sum(sum, sink.Counters)),
        };
    }

    private static string Describe(Exception fault) => SeqStreamFaults.IsExpected(fault) ? fault.Message : $"this is a fault of SeqStream itself, please report it: {fault}";
}
