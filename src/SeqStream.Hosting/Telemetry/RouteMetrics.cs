using System.Collections.Immutable;
using static SeqStream.Hosting.Telemetry.MetricKind;

namespace SeqStream.Hosting.Telemetry;

/// <summary>The numbers of every route, in one table for all who show them.</summary>
public static class RouteMetrics
{
    /// <summary>The table.</summary>
    public static ImmutableArray<RouteMetric> All { get; } =
    [
        new("route_up", Gauge, "{route}", "1 while feed and sinks are open and connected, else 0.", static route => route.IsUp ? 1 : 0),
        new("route_restarts", Counter, "{restart}", "Starts after a failure.", static route => route.Restarts),
        new("feed_frames", Counter, "{frame}", "Frames that the shards took, of all kinds.", static route => route.Shards.Frames),
        new("feed_refused_records", Counter, "{record}", "Records refused whole.", static route => route.Refused),
        new("feed_duplicate_records", Counter, "{record}", "Records dropped because the producer's counter had been seen.", static route => route.Shards.Duplicates),
        new("feed_missing_records", Counter, "{record}", "Producer's counters that never came.", static route => route.Shards.Missing),
        new("feed_received_messages", Counter, "{message}", "Messages that the broker delivered.", static route => OfFeed(route, route.Feed.Received)),
        new("feed_acknowledged_messages", Counter, "{message}", "Messages acknowledged to the broker.", static route => OfFeed(route, route.Feed.Acknowledged)),
        new("feed_repeated_messages", Counter, "{message}", "Messages recognised as repetitions.", static route => OfFeed(route, route.Feed.Repeated)),
        new("feed_refused_messages", Counter, "{message}", "Messages refused because they broke a limit.", static route => OfFeed(route, route.Feed.RefusedReceived)),
        new("feed_dropped_messages", Counter, "{message}", "Messages of QoS 0 dropped because the route was behind.", static route => OfFeed(route, route.Feed.DroppedReceived)),
        new("feed_unacknowledged_messages", Gauge, "{message}", "Messages not acknowledged yet.", static route => OfFeed(route, route.Feed.Unacknowledged)),
        new("feed_connections", Counter, "{connection}", "Connections that the feed's broker accepted.", static route => OfFeed(route, route.Feed.Connections)),
        new("feed_lost_sessions", Counter, "{session}", "Connections on which the broker did not know the session any more.", static route => OfFeed(route, route.Feed.SessionsLost)),
        new("shard_waiting_frames", Gauge, "{frame}", "Frames in front of the shards.", static route => route.WaitingFrames),
        new("shard_steps", Counter, "{step}", "Steps, over all streams.", static route => route.Shards.Steps),
        new("shard_batches", Counter, "{batch}", "Batches stepped.", static route => route.Shards.Batches),
        new("shard_repeated_frames", Counter, "{frame}", "Frames passed over, because the stored streams contained them.", static route => route.Shards.Repeated),
        new("shard_short_streams", Counter, "{stream}", "Streams that ended before the model could answer.", static route => route.Shards.TooShort),
        new("shard_cut_frames", Counter, "{frame}", "Frames dropped at the ends of streams, because the model runs only for multiples of a length.", static route => route.Shards.CutFrames),
        new("shard_live_streams", Gauge, "{stream}", "Streams that hold state in memory.", static route => route.LiveStreams),
        new("shard_wakes", Counter, "{stream}", "Streams brought back from the store.", static route => route.Shards.Wakes),
        new("shard_lost_streams", Counter, "{stream}", "Streams that began anew because what was stored of them could not be used.", static route => route.Shards.LostInRestart),
        new("shard_sleeps", Counter, "{stream}", "Quiet streams whose memory was freed.", static route => route.Shards.Sleeps),
        new("checkpoint_commits", Counter, "{checkpoint}", "Checkpoints stored.", static route => route.IsDurable ? route.Checkpoints : double.NaN),
        new("checkpoint_age_seconds", Gauge, "s", "Time since the last checkpoint was stored.", static route => route.CheckpointAge),
        new("sink_waiting_emissions", Gauge, "{emission}", "Emissions in front of the sink.", static route => route.WaitingEmissions),
        new("sink_emissions", Counter, "{emission}", "Emissions handed to the sink.", static route => route.Shards.Emissions),
        new("sink_produced_messages", Counter, "{message}", "Messages given to publish.", static route => OfSink(route, route.Sinks.Produced)),
        new("sink_delivered_messages", Counter, "{message}", "Messages that the broker acknowledged.", static route => OfSink(route, route.Sinks.Delivered)),
        new("sink_dropped_messages", Counter, "{message}", "Messages to publish that were dropped because too many waited.", static route => OfSink(route, route.Sinks.DroppedPublishes)),
        new("sink_refused_messages", Counter, "{message}", "Messages to publish that were refused.", static route => OfSink(route, route.Sinks.RefusedPublishes)),
        new("sink_connections", Counter, "{connection}", "Connections that the sinks' brokers accepted.", static route => OfSink(route, route.Sinks.Connections)),
    ];

    private static double OfFeed(RouteMeasurements route, double value) => route.HasBrokerFeed ? value : double.NaN;

    private static double OfSink(RouteMeasurements route, double value) => route.HasBrokerSink ? value : double.NaN;
}
