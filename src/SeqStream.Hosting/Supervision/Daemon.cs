using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Systemd;
using SeqStream.Hosting.Telemetry;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Hosting.Supervision;

/// <summary>
/// Runs the routes of a configuration: starts them, starts those that fail again, reads the configuration anew when asked, and at the end lets every route deliver and
/// store what it has read.
/// </summary>
public sealed class Daemon : IDisposable
{
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(9);
    private readonly DaemonSetup _setup;
    private readonly Channel<Occasion> _occasions = Channel.CreateUnbounded<Occasion>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<RouteRunner> _runners = [];
    private readonly Lock _gate = new();
    private List<RoutePlan> _plans;
    private DaemonOptions _options;
    private SqliteCheckpointStore? _store;
    private volatile bool _isReady;
    private volatile bool _isStopping;

    private Daemon(DaemonSetup setup, DaemonOptions options, List<RoutePlan> plans) => (_setup, _options, _plans) = (setup, options, plans);

    private enum Occasion
    {
        RouteChanged,
        Reload,
    }

    /// <summary>The configuration in force.</summary>
    public DaemonOptions Options => _options;

    /// <summary>True once every route was up, or at once if the configuration says so.</summary>
    public bool IsReady => _isReady;

    /// <summary>Where health and metrics are answered; null before it runs or for nowhere.</summary>
    public System.Net.IPEndPoint? Http { get; private set; }

    /// <summary>Reads the configuration, loads its models and checks everything that can be known before a route runs.</summary>
    /// <param name="setup">What the daemon works with.</param>
    /// <exception cref="ConfigurationException">It cannot be used; the message names every problem with its place.</exception>
    public static Daemon Create(DaemonSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ConfigProblems problems = new();
        DaemonOptions? options = DaemonConfiguration.Gather(setup.Path, setup.Variables(), setup.Flags, problems);
        List<RoutePlan> plans = options is null ? [] : RoutePlans.Prepare(options, static _ => true, problems);
        try
        {
            problems.ThrowIfAny();
        }
        catch (ConfigurationException)
        {
            foreach (RoutePlan plan in plans) plan.Dispose();
            throw;
        }
        return new Daemon(setup, options!, plans);
    }

    /// <summary>Runs until it is told to stop, every feed has ended, or a route fails for good.</summary>
    /// <param name="log">The log.</param>
    /// <param name="stop">Tells it to read no more; it then ends within 10 s.</param>
    /// <exception cref="RouteFailedException">A route failed at start, or one that may not fail did.</exception>
    /// <exception cref="TimeoutException">A route could not deliver everything in time.</exception>
    /// <exception cref="CheckpointException">The state directory cannot be used.</exception>
    /// <exception cref="ConfigurationException">The address for health and metrics cannot be listened on.</exception>
    public async Task RunAsync(ILogger log, CancellationToken stop)
    {
        using SystemdNotifier notifier = new(_setup.NotifySocket, _setup.Time);
        using CancellationTokenSource ended = new();
        Watchdog watchdog = new(notifier, _setup.WatchdogPeriod, Pulses, _setup.Time, log);
        await using HealthListener? health = Listen(watchdog, log);
        using RouteMeter meter = new(Measure);
        Task watching = Task.CompletedTask;
        try
        {
            _store = OpenStore(log);
            foreach (RoutePlan plan in _plans) Start(plan, log);
            _plans = [];
            watching = watchdog.RunAsync(ended.Token);
            await SuperviseAsync(notifier, log, stop).ConfigureAwait(false);
        }
        finally
        {
            _isStopping = true;
            notifier.Stopping("stopping");
            if (_runners.Count > 0) DaemonLog.Stopping(log);
            await StopAsync(_runners, log).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            _store?.Dispose();
        }
        ThrowIfFailed();
        DaemonLog.Stopped(log);
    }

    /// <summary>Reads the configuration again, soon. A bad one changes nothing.</summary>
    public void RequestReload() => _occasions.Writer.TryWrite(Occasion.Reload);

    /// <summary>What the routes did.</summary>
    public IReadOnlyList<RouteMeasurements> Measure() => [.. Runners().Select(static runner => runner.Measure())];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RoutePlan plan in _plans) plan.Dispose();
    }

    private async Task SuperviseAsync(SystemdNotifier notifier, ILogger log, CancellationToken stop)
    {
        string told = "";
        if (_options.Ready == ReadyRule.Lazy) BecomeReady(notifier, log, ref told);
        while (await NextAsync(stop).ConfigureAwait(false) is { } occasion)
        {
            if (occasion == Occasion.Reload) await ReloadAsync(notifier, log).ConfigureAwait(false);
            List<RouteRunner> runners = Runners();
            if (runners.Any(static runner => runner is { Status: RouteStatus.Failed })) return;
            if (!_isReady && runners.All(static runner => runner.HasBeenUp || runner.Status == RouteStatus.Ended)) BecomeReady(notifier, log, ref told);
            if (runners.All(static runner => runner.Status == RouteStatus.Ended))
            {
                DaemonLog.Ended(log);
                return;
            }
            if (_isReady && Status() is { } status && (status != told || occasion == Occasion.Reload)) notifier.Status(told = status);
        }
    }

    private void BecomeReady(SystemdNotifier notifier, ILogger log, ref string told)
    {
        _isReady = true;
        told = Status();
        DaemonLog.Ready(log, told);
        notifier.Ready(told);
    }

    private async ValueTask<Occasion?> NextAsync(CancellationToken stop)
    {
        try
        {
            return await _occasions.Reader.ReadAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task ReloadAsync(SystemdNotifier notifier, ILogger log)
    {
        notifier.Reloading();
        try
        {
            ConfigProblems problems = new();
            DaemonOptions? options = DaemonConfiguration.Gather(_setup.Path, _setup.Variables(), _setup.Flags, problems);
            if (options is not null) RefuseFixed(options, problems);
            List<RouteRunner> kept = options is null ? [] : [.. Runners().Where(runner => options.Routes.Any(route => route.Fingerprint == runner.Options.Fingerprint && route.Name == runner.Options.Name))];
            Dictionary<string, RouteRunner> swapped = kept.Where(static runner => runner.HasOtherFiles).ToDictionary(static runner => runner.Options.Name);
            List<RoutePlan> plans = options is null ? [] : RoutePlans.Prepare(options, route => swapped.ContainsKey(route.Name) || !kept.Exists(runner => runner.Options.Name == route.Name), problems);
            if (problems.Count > 0) plans.ForEach(static plan => plan.Dispose());
            problems.ThrowIfAny();
            foreach (RoutePlan plan in plans.Where(plan => swapped.ContainsKey(plan.Options.Name))) await swapped[plan.Options.Name].SwapAsync(plan).ConfigureAwait(false);
            await ReplaceAsync(options!, kept, [.. plans.Where(plan => !swapped.ContainsKey(plan.Options.Name))], log).ConfigureAwait(false);
        }
        catch (ConfigurationException refusal)
        {
            foreach (ConfigProblem problem in refusal.Problems) DaemonLog.ConfigurationProblem(log, problem.Place.ToString(), problem.Problem);
            DaemonLog.ReloadRefused(log, refusal.Problems.Length);
        }
        notifier.Ready(Status());
    }

    /// <summary>Stops the routes that are gone or changed, and starts those that are new or changed.</summary>
    private async Task ReplaceAsync(DaemonOptions options, List<RouteRunner> kept, List<RoutePlan> plans, ILogger log)
    {
        List<RouteRunner> old = [.. Runners().Except(kept)];
        await StopAsync(old, log).ConfigureAwait(false);
        lock (_gate) _runners.RemoveAll(old.Contains);
        foreach (RouteRunner runner in old) await runner.DisposeAsync().ConfigureAwait(false);
        _options = options;
        _setup.LogLevelChanged(options.LogLevel);
        foreach (RoutePlan plan in plans) Start(plan, log);
        string[] started = [.. plans.Select(static plan => plan.Options.Name)], gone = [.. old.Select(static runner => runner.Options.Name).Except(started)];
        DaemonLog.Reloaded(log, $"{kept.Count} routes go on, {(started.Length == 0 ? "none" : string.Join(", ", started))} started, {(gone.Length == 0 ? "none" : string.Join(", ", gone))} removed");
    }

    private void RefuseFixed(DaemonOptions options, ConfigProblems problems)
    {
        if (options.StateDirectory != _options.StateDirectory) problems.Add(options.Map!.PlaceOf("state"), "state has changed, which needs a restart of the daemon.");
        if (!Equals(options.Http, _options.Http)) problems.Add(options.Map!.PlaceOf("http"), "http has changed, which needs a restart of the daemon.");
        if (options.LogForm != _options.LogForm) problems.Add(options.Map!.PlaceOf("log"), "log.format has changed, which needs a restart of the daemon.");
    }

    private void Start(RoutePlan plan, ILogger log)
    {
        RouteRunner runner = new(plan, _setup.Streams, _store, log, _setup.Time, () => _isReady || _options.Ready == ReadyRule.Lazy, () => _occasions.Writer.TryWrite(Occasion.RouteChanged));
        lock (_gate) _runners.Add(runner);
        runner.Start();
    }

    /// <summary>Lets routes deliver and store what they have read.</summary>
    /// <exception cref="TimeoutException">Some of them did not in time.</exception>
    private async Task StopAsync(IReadOnlyList<RouteRunner> runners, ILogger log)
    {
        foreach (RouteRunner runner in runners) runner.Stop();
        try
        {
            await Task.WhenAll(runners.Select(static runner => runner.Completion)).WaitAsync(s_drainLimit, _setup.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            string behind = string.Join(", ", runners.Where(static runner => !runner.Completion.IsCompleted).Select(static runner => runner.Options.Name));
            DaemonLog.Cut(log, (int)s_drainLimit.TotalSeconds, behind);
            throw new TimeoutException($"Routes had not delivered everything after {s_drainLimit.TotalSeconds:0} s: {behind}.");
        }
    }

    private void ThrowIfFailed()
    {
        if (Runners().Find(static runner => runner.Fault is not null) is { } failed) throw new RouteFailedException(failed.Options.Name, failed.Fault!);
    }

    private SqliteCheckpointStore? OpenStore(ILogger log)
    {
        try
        {
            return _options.StateDirectory is { } directory ? new SqliteCheckpointStore(directory) : null;
        }
        catch (CheckpointException fault)
        {
            DaemonLog.StateUnusable(log, fault.Message);
            throw;
        }
    }

    private HealthListener? Listen(Watchdog watchdog, ILogger log)
    {
        if (_options.Http is not { } address) return null;
        try
        {
            HealthListener listener = new(address, (path, accept) => Answer(watchdog, path, accept));
            DaemonLog.Listening(log, listener.Address.ToString());
            Http = listener.Address;
            return listener;
        }
        catch (SocketException cause)
        {
            throw new ConfigurationException([new ConfigProblem(_options.Map!.PlaceOf("http"), $"http: {address} cannot be listened on: {cause.Message}. Choose another port, or stop who uses it.")]);
        }
    }

    private HealthAnswer Answer(Watchdog watchdog, string path, string accept)
    {
        switch (path)
        {
            case "/healthz" or "/healthz/live":
                return watchdog.IsAlive ? HealthAnswer.Text(200, "alive") : HealthAnswer.Text(503, "a shard makes no progress; the log names it");
            case "/readyz" or "/healthz/ready":
                List<RouteRunner> behind = Runners().FindAll(static runner => !runner.IsReady);
                if (_isStopping) return HealthAnswer.Text(503, "stopping");
                return _isReady && behind.Count == 0 ? HealthAnswer.Text(200, "ready") : HealthAnswer.Text(503, $"not ready: {string.Join(", ", behind.Select(static runner => $"{runner.Options.Name} ({Word(runner)})"))}");
            case "/metrics":
                bool isOpenMetrics = accept.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
                return new HealthAnswer(200, isOpenMetrics ? MetricsText.OpenMetricsType : MetricsText.PlainType, MetricsText.Write(Measure(), isOpenMetrics));
            default:
                return HealthAnswer.Text(404, "There are /healthz, /readyz and /metrics.");
        }
    }

    private string Status()
    {
        List<RouteRunner> runners = Runners();
        List<RouteRunner> behind = runners.FindAll(static runner => !runner.IsReady);
        string up = FormattableString.Invariant($"{runners.Count - behind.Count} of {runners.Count} routes are up");
        return behind.Count == 0 ? up : $"{up}; {string.Join(", ", behind.Select(static runner => $"{runner.Options.Name} ({Word(runner)})"))}";
    }

    private static string Word(RouteRunner runner) => runner.Status == RouteStatus.Up ? "disconnected" : runner.Status.ToString().ToLowerInvariant();

    private List<(string Route, ShardPulse[] Shards)> Pulses() => [.. Runners().Select(static runner => (runner.Options.Name, runner.Pulses))];

    private List<RouteRunner> Runners()
    {
        lock (_gate) return [.. _runners];
    }
}
