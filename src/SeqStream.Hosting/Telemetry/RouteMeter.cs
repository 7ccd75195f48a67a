using System.Diagnostics.Metrics;

namespace SeqStream.Hosting.Telemetry;

/// <summary>The meter <c>SeqStream</c>: the numbers of <see cref="RouteMetrics"/> as observable instruments with the tag <c>route</c>, for <c>dotnet-counters</c> and OpenTelemetry.</summary>
public sealed class RouteMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "SeqStream";

    private readonly Meter _meter = new(Name);
    private readonly Func<IReadOnlyList<RouteMeasurements>> _measure;

    /// <summary>Creates the instruments.</summary>
    /// <param name="measure">Measures the routes; called whenever somebody looks, on any thread.</param>
    public RouteMeter(Func<IReadOnlyList<RouteMeasurements>> measure)
    {
        _measure = measure;
        foreach (RouteMetric metric in RouteMetrics.All)
        {
            if (metric.Kind == MetricKind.Counter) _meter.CreateObservableCounter(metric.InstrumentName, () => Observe(metric), metric.Unit, metric.Help);
            else _meter.CreateObservableGauge(metric.InstrumentName, () => Observe(metric), metric.Unit, metric.Help);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Observe(RouteMetric metric)
        => from route in _measure() let value = metric.Read(route) where !double.IsNaN(value) select new Measurement<double>(value, new KeyValuePair<string, object?>("route", route.Route));
}
