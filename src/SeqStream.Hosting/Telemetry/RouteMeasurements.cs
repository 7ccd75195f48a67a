using SeqStream.Mqtt.Client;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Hosting.Telemetry;

/// <summary>What a route has done since the daemon started it, over all its runs, and how it stands.</summary>
public sealed record RouteMeasurements
{
    /// <summary>The route's name.</summary>
    public required string Route { get; init; }

    /// <summary>True while its feed and sinks are open.</summary>
    public bool IsUp { get; init; }

    /// <summary>How often it was started again after a failure.</summary>
    public long Restarts { get; init; }

    /// <summary>What its shards did.</summary>
    public ShardCounters Shards { get; init; }

    /// <summary>Refused records.</summary>
    public long Refused { get; init; }

    /// <summary>Streams that hold state in memory.</summary>
    public int LiveStreams { get; init; }

    /// <summary>Frames in front of the shards.</summary>
    public int WaitingFrames { get; init; }

    /// <summary>Emissions in front of the sink.</summary>
    public int WaitingEmissions { get; init; }

    /// <summary>Checkpoints stored.</summary>
    public long Checkpoints { get; init; }

    /// <summary>Time since the last checkpoint in seconds; NaN if there was none.</summary>
    public double CheckpointAge { get; init; } = double.NaN;

    /// <summary>True if the feed is a broker.</summary>
    public bool HasBrokerFeed { get; init; }

    /// <summary>True if a sink is a broker.</summary>
    public bool HasBrokerSink { get; init; }

    /// <summary>What the feed's client did.</summary>
    public MqttCounters Feed { get; init; }

    /// <summary>What the sinks' clients did.</summary>
    public MqttCounters Sinks { get; init; }

    /// <summary>True if its streams are kept.</summary>
    public bool IsDurable { get; init; }

    /// <summary>The sum of two clients' counters.</summary>
    internal static MqttCounters Sum(MqttCounters a, MqttCounters b) => new()
    {
        Received = a.Received + b.Received,
        Repeated = a.Repeated + b.Repeated,
        Acknowledged = a.Acknowledged + b.Acknowledged,
        RefusedReceived = a.RefusedReceived + b.RefusedReceived,
        DroppedReceived = a.DroppedReceived + b.DroppedReceived,
        Produced = a.Produced + b.Produced,
        Delivered = a.Delivered + b.Delivered,
        DroppedPublishes = a.DroppedPublishes + b.DroppedPublishes,
        RefusedPublishes = a.RefusedPublishes + b.RefusedPublishes,
        Connections = a.Connections + b.Connections,
        SessionsLost = a.SessionsLost + b.SessionsLost,
        Unacknowledged = b.Unacknowledged,
    };
}
