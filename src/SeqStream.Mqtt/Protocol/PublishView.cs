namespace SeqStream.Mqtt.Protocol;

/// <summary>Where the parts of a PUBLISH lie within its body.</summary>
internal readonly record struct PublishView
{
    public QualityOfService Quality { get; init; }

    public bool IsDuplicate { get; init; }

    public bool IsRetained { get; init; }

    public ushort PacketId { get; init; }

    /// <summary>The topic's alias; 0 if it has none.</summary>
    public ushort Alias { get; init; }

    public int UserProperties { get; init; }

    public Range Topic { get; init; }

    /// <summary>The properties without their length; empty in MQTT 3.1.1.</summary>
    public Range Properties { get; init; }

    public Range Payload { get; init; }

    /// <summary>Decodes a packet's body.</summary>
    [HotPath]
    public static PublishView Decode(ReadOnlySpan<byte> body, int flags, MqttVersion version, out PacketFault fault)
    {
        PacketReader reader = new(body);
        QualityOfService quality = (QualityOfService)(flags >> 1 & 3);
        if ((int)quality == 3) reader.Fail(PacketFault.BadQos);
        if (quality == QualityOfService.AtMostOnce && (flags & 8) != 0) reader.Fail(PacketFault.BadFlags);
        ReadOnlySpan<byte> topic = reader.Text();
        int topicEnd = reader.Position;
        ushort packetId = quality == QualityOfService.AtMostOnce ? (ushort)0 : reader.PacketId();
        int propertiesStart = reader.Position;
        int propertiesEnd = propertiesStart;
        ushort alias = 0;
        int userProperties = 0;
        if (version == MqttVersion.V5 && reader.Fault == PacketFault.None)
        {
            int before = reader.Remaining;
            PropertyReader properties = new(ref reader, PacketType.Publish);
            propertiesEnd = reader.Position;
            propertiesStart = propertiesEnd - LengthWithoutPrefix(before - reader.Remaining);
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.TopicAlias) alias = (ushort)properties.Number;
            }
            userProperties = properties.UserProperties;
            if (properties.Fault != PacketFault.None) reader.Fail(properties.Fault);
        }
        if (topic.IsEmpty ? alias == 0 : !Topics.IsName(topic)) reader.Fail(PacketFault.BadTopic);
        fault = reader.Fault;
        if (fault != PacketFault.None) return default;
        return new PublishView
        {
            Quality = quality,
            IsDuplicate = (flags & 8) != 0,
            IsRetained = (flags & 1) != 0,
            PacketId = packetId,
            Alias = alias,
            UserProperties = userProperties,
            Topic = (topicEnd - topic.Length)..topicEnd,
            Properties = propertiesStart..propertiesEnd,
            Payload = propertiesEnd..body.Length,
        };
    }

    /// <summary>The bytes of properties, from the bytes of properties with their length before them.</summary>
    private static int LengthWithoutPrefix(int total)
    {
        for (int prefix = 1; prefix <= 4; prefix++)
        {
            if (PacketBuffer.VarintLength(total - prefix) == prefix) return total - prefix;
        }
        return total;
    }
}
