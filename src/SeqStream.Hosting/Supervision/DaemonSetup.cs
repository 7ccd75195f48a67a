using Microsoft.Extensions.Logging;

namespace SeqStream.Hosting.Supervision;

/// <summary>What a daemon works with.</summary>
public sealed record DaemonSetup
{
    /// <summary>The configuration's file.</summary>
    public required string Path { get; init; }

    /// <summary>The process's own input and output.</summary>
    public required DaemonStreams Streams { get; init; }

    /// <summary>Environment variables at the time of the call.</summary>
    public Func<IEnumerable<KeyValuePair<string, string>>> Variables { get; init; } = static () => [];

    /// <summary>Flags of the command line with the top-level keys that they stand for and their values.</summary>
    public IReadOnlyList<(string Flag, string Key, string Value)> Flags { get; init; } = [];

    /// <summary>The service manager's socket; null for none.</summary>
    public string? NotifySocket { get; init; }

    /// <summary>How long the service manager waits for a sign of life; null if it does not.</summary>
    public TimeSpan? WatchdogPeriod { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called when a reload brings another least level of the log.</summary>
    public Action<LogLevel> LogLevelChanged { get; init; } = static _ => { };
}
