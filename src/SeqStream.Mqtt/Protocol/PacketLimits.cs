namespace SeqStream.Mqtt.Protocol;

/// <summary>What a client accepts from its broker. Enforced before anything is allocated.</summary>
public sealed record PacketLimits
{
    /// <summary>Largest packet in bytes, advertised to the broker as well. A larger one closes the connection. Default 2,000,000.</summary>
    public int MaxPacketBytes { get; init; } = 2_000_000;

    /// <summary>Longest topic in UTF-8 bytes. A message with a longer one is refused. Default 1024.</summary>
    public int MaxTopicBytes { get; init; } = 1024;

    /// <summary>Most levels of a topic. A message with more is refused. Default 128.</summary>
    public int MaxTopicLevels { get; init; } = 128;

    /// <summary>Most user properties of a message. A message with more is refused. Default 64.</summary>
    public int MaxUserProperties { get; init; } = 64;
}
