using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Systemd;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Hosting.Supervision;

/// <summary>
/// Tells the service manager that the daemon is alive, but only if every shard of every route is: since the last look it made turns, or it waits for frames while there
/// are none, or for a sink that is behind. A shard that hangs in a step keeps the message back, so that the service manager starts the daemon anew.
/// </summary>
/// <param name="notifier">Where the message goes.</param>
/// <param name="period">How long the service manager waits; the message comes twice as often. Null: nobody waits, and only <see cref="IsAlive"/> is of use.</param>
/// <param name="pulses">[route] its name, and what each of its shards is doing.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed class Watchdog(SystemdNotifier notifier, TimeSpan? period, Func<IReadOnlyList<(string Route, ShardPulse[] Shards)>> pulses, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_lookWithoutManager = TimeSpan.FromSeconds(10);
    private readonly Dictionary<(string, int), ShardPulse> _before = [];
    private volatile bool _isAlive = true;

    /// <summary>True if no shard hung when they were last looked at.</summary>
    public bool IsAlive => _isAlive;

    /// <summary>Looks at the shards twice in every period, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = period / 2 ?? s_lookWithoutManager;
        while (!stop.IsCancellationRequested)
        {
            Look();
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        bool isAlive = true;
        IReadOnlyList<(string Route, ShardPulse[] Shards)> routes = pulses();
        Dictionary<(string, int), ShardPulse> now = [];
        foreach ((string route, ShardPulse[] shards) in routes)
        {
            for (int shard = 0; shard < shards.Length; shard++)
            {
                now[(route, shard)] = shards[shard];
                if (!_before.TryGetValue((route, shard), out ShardPulse before) || shards[shard].IsAliveSince(in before)) continue;
                if (_isAlive) DaemonLog.ShardHanging(log, route, shard);
                isAlive = false;
            }
        }
        _before.Clear();
        foreach (((string, int) shard, ShardPulse pulse) in now) _before[shard] = pulse;
        _isAlive = isAlive;
        if (isAlive && period is not null) notifier.Alive();
    }
}
