using System.Globalization;
using System.Text;

namespace SeqStream.Hosting.Telemetry;

/// <summary>Metrics in the text that Prometheus reads: its own format 0.0.4, or OpenMetrics 1.0.</summary>
public static class MetricsText
{
    /// <summary>Content type of the Prometheus format.</summary>
    public const string PlainType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Content type of OpenMetrics.</summary>
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>Writes the metrics of routes.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="isOpenMetrics">True for OpenMetrics.</param>
    public static string Write(IReadOnlyList<RouteMeasurements> routes, bool isOpenMetrics)
    {
        ArgumentNullException.ThrowIfNull(routes);
        StringBuilder text = new();
        foreach (RouteMetric metric in RouteMetrics.All) Append(text, metric, routes, isOpenMetrics);
        AppendProcess(text);
        if (isOpenMetrics) text.Append("# EOF\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, RouteMetric metric, IReadOnlyList<RouteMeasurements> routes, bool isOpenMetrics)
    {
        string sample = metric.Kind == MetricKind.Counter ? metric.TextName + "_total" : metric.TextName;
        bool isBegun = false;
        foreach (RouteMeasurements route in routes)
        {
            double value = metric.Read(route);
            if (double.IsNaN(value)) continue;
            if (!isBegun) AppendHead(text, isOpenMetrics ? metric.TextName : sample, metric.Kind, metric.Help);
            isBegun = true;
            text.Append(CultureInfo.InvariantCulture, $"{sample}{{route=\"{Escape(route.Route)}\"}} {value:R}\n");
        }
    }

    private static void AppendProcess(StringBuilder text)
    {
        AppendHead(text, "seqstream_process_memory_bytes", MetricKind.Gauge, "Memory of the process that is in RAM.");
        text.Append(CultureInfo.InvariantCulture, $"seqstream_process_memory_bytes {Environment.WorkingSet}\n");
    }

    private static void AppendHead(StringBuilder text, string name, MetricKind kind, string help)
        => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {(kind == MetricKind.Counter ? "counter" : "gauge")}\n");

    private static string Escape(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
