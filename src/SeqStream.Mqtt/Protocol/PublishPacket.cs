using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Protocol;

/// <summary>Writes PUBLISH.</summary>
internal static class PublishPacket
{
    /// <summary>Appends a packet.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="message">Topic, properties and payload.</param>
    /// <param name="topic">The topic in UTF-8; empty if <paramref name="alias"/> stands for it.</param>
    /// <param name="alias">The topic's alias; 0 for none.</param>
    /// <param name="isDuplicate">True if the packet is sent again.</param>
    /// <param name="version">The protocol.</param>
    [HotPath]
    public static void Encode(PacketBuffer buffer, in StoredPublish message, ReadOnlySpan<byte> topic, ushort alias, bool isDuplicate, MqttVersion version)
    {
        buffer.Byte((int)PacketType.Publish << 4 | (isDuplicate ? 8 : 0) | (int)message.Quality << 1 | (message.IsRetained ? 1 : 0));
        buffer.Varint(BodyLength(in message, topic.Length, alias, version));
        buffer.Binary(topic);
        if (message.Quality != QualityOfService.AtMostOnce) buffer.UInt16(message.PacketId);
        if (version == MqttVersion.V5)
        {
            buffer.Varint(message.Properties.Length + (alias > 0 ? 3 : 0));
            if (alias > 0) buffer.UInt16(PropertyId.TopicAlias, alias);
            buffer.Bytes(message.Properties.Span);
        }
        buffer.Bytes(message.Payload.Span);
    }

    /// <summary>Bytes of the largest form of the packet.</summary>
    public static long LengthOf(in StoredPublish message, MqttVersion version) => 5L + BodyLength(in message, message.Topic.Length, 1, version);

    private static int BodyLength(in StoredPublish message, int topicLength, ushort alias, MqttVersion version)
    {
        int length = 2 + topicLength + message.Payload.Length + (message.Quality == QualityOfService.AtMostOnce ? 0 : 2);
        if (version != MqttVersion.V5) return length;
        int properties = message.Properties.Length + (alias > 0 ? 3 : 0);
        return length + PacketBuffer.VarintLength(properties) + properties;
    }
}
