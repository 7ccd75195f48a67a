using System.Text;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Client;

/// <summary>A message to publish.</summary>
public sealed record PublishMessage
{
    /// <summary>The topic; no wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>The content. Must not change until the message is delivered.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of service. Default at least once.</summary>
    public QualityOfService Quality { get; init; } = QualityOfService.AtLeastOnce;

    /// <summary>True if the broker keeps it for later subscribers.</summary>
    public bool IsRetained { get; init; }

    /// <summary>True if the payload is UTF-8 text. MQTT 5 only.</summary>
    public bool IsText { get; init; }

    /// <summary>How long the message is of use, in whole seconds. MQTT 5 only. Default for ever.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Media type of the payload. MQTT 5 only.</summary>
    public string? ContentType { get; init; }

    /// <summary>Where an answer is wanted. MQTT 5 only.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What an answer must carry. MQTT 5 only.</summary>
    public ReadOnlyMemory<byte> CorrelationData { get; init; }

    /// <summary>Names and values beside the payload. MQTT 5 only.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>The properties as MQTT 5 writes them, without their length.</summary>
    internal byte[] EncodeProperties()
    {
        bool hasNone = !IsText && Expiry is null && ContentType is null && ResponseTopic is null && CorrelationData.IsEmpty && UserProperties.Count == 0;
        if (hasNone) return [];
        PacketBuffer scratch = new();
        if (IsText) scratch.Byte(PropertyId.PayloadFormat, 1);
        scratch.UInt32(PropertyId.MessageExpiry, Expiry is { } expiry ? (uint)expiry.TotalSeconds : null);
        scratch.Text(PropertyId.ContentType, ContentType);
        scratch.Text(PropertyId.ResponseTopic, ResponseTopic);
        scratch.Binary(PropertyId.CorrelationData, CorrelationData.Span);
        scratch.Users(UserProperties);
        return scratch.Written.ToArray();
    }

    internal byte[] EncodeTopic() => Encoding.UTF8.GetBytes(Topic);
}
