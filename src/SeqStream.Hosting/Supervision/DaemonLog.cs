using Microsoft.Extensions.Logging;
using SeqStream.Audio;

namespace SeqStream.Hosting.Supervision;

/// <summary>What a daemon logs, one method each. The event's name is stable.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(1, LogLevel.Information, "Ready: {Status}.", EventName = "DaemonReady")]
    public static partial void Ready(ILogger log, string status);

    [LoggerMessage(2, LogLevel.Information, "Stopping: nothing more is read; what was read is stepped, delivered and stored.", EventName = "DaemonStopping")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(3, LogLevel.Information, "Stopped: everything that was read is delivered and stored.", EventName = "DaemonStopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(4, LogLevel.Error, "Stopped after {Seconds} s, but these routes had not delivered everything: {Routes}. What a source was not told to forget comes again at the next start.", EventName = "DaemonCut")]
    public static partial void Cut(ILogger log, int seconds, string routes);

    [LoggerMessage(5, LogLevel.Information, "The last feed has ended, and everything is delivered.", EventName = "DaemonEnded")]
    public static partial void Ended(ILogger log);

    [LoggerMessage(6, LogLevel.Information, "Health and metrics are at http://{Address}/healthz, /readyz and /metrics.", EventName = "HealthListening")]
    public static partial void Listening(ILogger log, string address);

    [LoggerMessage(7, LogLevel.Error, "{Problem}", EventName = "StateUnusable")]
    public static partial void StateUnusable(ILogger log, string problem);

    [LoggerMessage(10, LogLevel.Information, "Route '{Route}' starts: {Feed} to {Sinks} through model '{Model}' ({Executor}; {Reason}).", EventName = "RouteStarting")]
    public static partial void RouteStarting(ILogger log, string route, string feed, string sinks, string model, string executor, string reason);

    [LoggerMessage(11, LogLevel.Information, "Route '{Route}' is up.", EventName = "RouteUp")]
    public static partial void RouteUp(ILogger log, string route);

    [LoggerMessage(12, LogLevel.Information, "Route '{Route}' has ended: {Reason}.", EventName = "RouteEnded")]
    public static partial void RouteEnded(ILogger log, string route, string reason);

    [LoggerMessage(13, LogLevel.Error, "Route '{Route}' failed: {Problem} Starting it again in {Seconds:0.0} s.", EventName = "RouteRestarting")]
    public static partial void RouteRestarting(ILogger log, string route, string problem, double seconds);

    [LoggerMessage(14, LogLevel.Error, "Route '{Route}' failed: {Problem}", EventName = "RouteFailed")]
    public static partial void RouteFailed(ILogger log, string route, string problem);

    [LoggerMessage(15, LogLevel.Warning, "Route '{Route}': {Caveat}", EventName = "RouteCaveat")]
    public static partial void RouteCaveat(ILogger log, string route, string caveat);

    [LoggerMessage(16, LogLevel.Information, "Route '{Route}' is stopped.", EventName = "RouteStopped")]
    public static partial void RouteStopped(ILogger log, string route);

    [LoggerMessage(20, LogLevel.Warning, "Route '{Route}' refused a record: {Source}:{Position}: {Problem}", EventName = "RecordRefused")]
    public static partial void RecordRefused(ILogger log, string route, string source, long position, string problem);

    [LoggerMessage(21, LogLevel.Warning, "Route '{Route}' refused {Records} more records, which are not listed.", EventName = "RecordsLeftOut")]
    public static partial void RecordsLeftOut(ILogger log, string route, long records);

    [LoggerMessage(30, LogLevel.Information, "Route '{Route}': {Text} ({Label})", EventName = "BrokerConnected")]
    public static partial void BrokerConnected(ILogger log, string route, string text, string label);

    [LoggerMessage(31, LogLevel.Warning, "Route '{Route}': {Text} ({Label})", EventName = "BrokerTrouble")]
    public static partial void BrokerTrouble(ILogger log, string route, string text, string label);

    [LoggerMessage(32, LogLevel.Warning, "Route '{Route}' had {Events} more events of its brokers, which are not listed.", EventName = "BrokerEventsLeftOut")]
    public static partial void BrokerEventsLeftOut(ILogger log, string route, long events);

    [LoggerMessage(33, LogLevel.Warning, "Route '{Route}': {Samples} samples ({Seconds:0.###} s) of sound were lost at {Time:0.###} s ({Reason}); {LeftOut} gaps before it are not listed.", EventName = "SoundLost")]
    public static partial void SoundLost(ILogger log, string route, long samples, double seconds, double time, AudioGapReason reason, long leftOut);

    [LoggerMessage(40, LogLevel.Information, "Configuration read again: {Changes}.", EventName = "ConfigurationReloaded")]
    public static partial void Reloaded(ILogger log, string changes);

    [LoggerMessage(41, LogLevel.Error, "{Place}: {Problem}", EventName = "ConfigurationProblem")]
    public static partial void ConfigurationProblem(ILogger log, string place, string problem);

    [LoggerMessage(42, LogLevel.Error, "The new configuration cannot be used ({Problems} problems); the old one stays in force.", EventName = "ConfigurationRefused")]
    public static partial void ReloadRefused(ILogger log, int problems);

    [LoggerMessage(43, LogLevel.Information, "Route '{Route}' runs the new model in '{Model}': {Memory}.", EventName = "ModelSwapped")]
    public static partial void Swapped(ILogger log, string route, string model, string memory);

    [LoggerMessage(44, LogLevel.Error, "Route '{Route}' stays with its old model: {Problem}", EventName = "ModelSwapRefused")]
    public static partial void SwapRefused(ILogger log, string route, string problem);

    [LoggerMessage(50, LogLevel.Error, "Route '{Route}', shard {Shard}, makes no progress: it neither steps nor waits. The service manager is not told that the daemon is alive.", EventName = "ShardHanging")]
    public static partial void ShardHanging(ILogger log, string route, int shard);
}
