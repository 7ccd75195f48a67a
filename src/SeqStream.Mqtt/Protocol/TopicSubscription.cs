namespace SeqStream.Mqtt.Protocol;

/// <summary>What a client wants to receive.</summary>
/// <param name="Filter">Topics, <c>+</c> for any one level and <c>#</c> for any number of levels at the end.</param>
/// <param name="Quality">Highest quality of service to be sent with.</param>
public sealed record TopicSubscription(string Filter, QualityOfService Quality = QualityOfService.AtLeastOnce)
{
    /// <summary>True to leave out what this client published itself. MQTT 5 only.</summary>
    public bool IsNoLocal { get; init; }

    /// <summary>True to keep the retain flag as it was published. MQTT 5 only.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Which kept messages to begin with. MQTT 5 only. Default all.</summary>
    public RetainHandling Retained { get; init; }

    /// <summary>A number, 1 to 268,435,455, that comes back with each message of this subscription. MQTT 5 only. Default none.</summary>
    public int? Identifier { get; init; }

    internal int Flags => (int)Quality | (IsNoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | (int)Retained << 4;
}
