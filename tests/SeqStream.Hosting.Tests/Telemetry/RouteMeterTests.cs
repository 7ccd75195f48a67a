using System.Diagnostics.Metrics;
using SeqStream.Hosting.Telemetry;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Hosting.Tests.Telemetry;

public sealed class RouteMeterTests
{
    private static readonly RouteMeasurements[] s_routes =
    [
        new() { Route = "a", IsUp = true, Shards = new ShardCounters { Frames = 7, Steps = 5 }, LiveStreams = 3, IsDurable = true, Checkpoints = 2, CheckpointAge = 0.5 },
        new() { Route = "b", HasBrokerFeed = true, Feed = new() { Received = 9 } },
    ];

    [Fact]
    public void Listener_sees_the_numbers_of_the_text()
    {
        Dictionary<string, double> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RouteMeter.Name) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[$"{instrument.Name} {tags[0].Value}"] = value);
        using RouteMeter meter = new(static () => s_routes);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(5, seen["seqstream.shard.steps a"]);
        Assert.Equal(3, seen["seqstream.shard.live_streams a"]);
        Assert.Equal(0.5, seen["seqstream.checkpoint.age a"]);
        Assert.Equal(9, seen["seqstream.feed.received_messages b"]);
        Assert.DoesNotContain("seqstream.feed.received_messages a", seen.Keys);
        int samples = MetricsText.Write(s_routes, isOpenMetrics: false).Split('\n').Count(static line => line.Contains("{route=", StringComparison.Ordinal));
        Assert.Equal(samples, seen.Count);
    }

    [Fact]
    public void Text_tells_a_metric_once_with_all_routes()
    {
        string text = MetricsText.Write(s_routes, isOpenMetrics: true);

        Assert.Contains("# TYPE seqstream_shard_steps counter\nseqstream_shard_steps_total{route=\"a\"} 5\nseqstream_shard_steps_total{route=\"b\"} 0\n# HELP", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE seqstream_checkpoint_age_seconds gauge\nseqstream_checkpoint_age_seconds{route=\"a\"} 0.5\n# HELP", text, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_unique()
    {
        Assert.Equal(RouteMetrics.All.Length, RouteMetrics.All.Select(static metric => metric.Name).Distinct().Count());
        Assert.Equal(RouteMetrics.All.Length, RouteMetrics.All.Select(static metric => metric.InstrumentName).Distinct().Count());
    }
}
