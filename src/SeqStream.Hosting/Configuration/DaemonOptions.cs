using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace SeqStream.Hosting.Configuration;

/// <summary>What <c>serve</c> is to do. Made by <see cref="DaemonConfiguration.Read"/>, which has checked every value.</summary>
public sealed record DaemonOptions
{
    /// <summary>Directory of the embedded store; null if nothing is kept.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Where health and metrics are answered; null for nowhere. A loopback address.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>When the daemon is ready.</summary>
    public ReadyRule Ready { get; init; }

    /// <summary>Least level of what is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How a line of the log is written.</summary>
    public LogForm LogForm { get; init; }

    /// <summary>User name for brokers whose URI has none; null for none.</summary>
    public string? BrokerUser { get; init; }

    /// <summary>File with the password that goes with it; null for none.</summary>
    public string? BrokerPasswordFile { get; init; }

    /// <summary>The routes, in the order of the file.</summary>
    public ImmutableArray<RouteOptions> Routes { get; init; } = [];

    /// <summary>Where the keys stand.</summary>
    internal ConfigMap? Map { get; init; }
}
