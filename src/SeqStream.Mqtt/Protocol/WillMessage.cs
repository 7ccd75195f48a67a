namespace SeqStream.Mqtt.Protocol;

/// <summary>What the broker publishes for a client that went without saying goodbye.</summary>
public sealed record WillMessage
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The content; at most 65,535 bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of service. Default at least once.</summary>
    public QualityOfService Quality { get; init; } = QualityOfService.AtLeastOnce;

    /// <summary>True if the broker keeps it for later subscribers.</summary>
    public bool IsRetained { get; init; }

    /// <summary>How long the broker waits for the client to come back first. Whole seconds; MQTT 5 only. Default none.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long the message is of use. Whole seconds; MQTT 5 only. Default for ever.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Media type of the payload; MQTT 5 only.</summary>
    public string? ContentType { get; init; }

    /// <summary>Names and values beside the payload; MQTT 5 only.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
