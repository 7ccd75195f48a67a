namespace SeqStream.Hosting.Telemetry;

/// <summary>One number of every route.</summary>
/// <param name="Name">Words divided by underscores, stage first: <c>feed_frames</c>.</param>
/// <param name="Kind">How it behaves.</param>
/// <param name="Unit">In UCUM: <c>{frame}</c>, <c>s</c>.</param>
/// <param name="Help">What it counts.</param>
/// <param name="Read">Its value; NaN where the route has none.</param>
public sealed record RouteMetric(string Name, MetricKind Kind, string Unit, string Help, Func<RouteMeasurements, double> Read)
{
    /// <summary>Its name in the Prometheus text, without <c>_total</c>.</summary>
    public string TextName => "seqstream_" + Name;

    /// <summary>Its name as an instrument: <c>seqstream.feed.frames</c>.</summary>
    public string InstrumentName
    {
        get
        {
            string name = Name.EndsWith("_seconds", StringComparison.Ordinal) ? Name[..^"_seconds".Length] : Name;
            int stage = name.IndexOf('_', StringComparison.Ordinal);
            return $"seqstream.{name[..stage]}.{name[(stage + 1)..]}";
        }
    }
}
