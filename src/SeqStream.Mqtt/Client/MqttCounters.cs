namespace SeqStream.Mqtt.Client;

/// <summary>What a client has done so far.</summary>
public readonly record struct MqttCounters
{
    /// <summary>Messages handed to the receiver.</summary>
    public long Received { get; init; }

    /// <summary>Messages recognised as repetitions and not handed over.</summary>
    public long Repeated { get; init; }

    /// <summary>Messages acknowledged to the broker.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Received messages refused because they broke a limit.</summary>
    public long RefusedReceived { get; init; }

    /// <summary>Received messages of QoS 0 dropped because the receiver was behind.</summary>
    public long DroppedReceived { get; init; }

    /// <summary>Messages given to publish.</summary>
    public long Produced { get; init; }

    /// <summary>Messages that the broker has acknowledged (QoS 0: handed to the connection).</summary>
    public long Delivered { get; init; }

    /// <summary>Messages to publish that were dropped.</summary>
    public long DroppedPublishes { get; init; }

    /// <summary>Messages to publish that were refused.</summary>
    public long RefusedPublishes { get; init; }

    /// <summary>Connections that were opened and accepted.</summary>
    public long Connections { get; init; }

    /// <summary>Connections on which the broker did not know the session any more.</summary>
    public long SessionsLost { get; init; }

    /// <summary>Received messages that are not acknowledged yet.</summary>
    public int Unacknowledged { get; init; }
}
