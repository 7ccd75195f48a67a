namespace SeqStream.Hosting.Telemetry;

/// <summary>How a metric behaves.</summary>
public enum MetricKind
{
    /// <summary>Only grows while the process lives.</summary>
    Counter,
    /// <summary>Goes up and down.</summary>
    Gauge,
}
