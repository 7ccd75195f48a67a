namespace SeqStream.Mqtt.Protocol;

/// <summary>SUBSCRIBE and UNSUBSCRIBE.</summary>
internal static class SubscribePacket
{
    public static void Encode(PacketBuffer buffer, ushort packetId, IReadOnlyList<TopicSubscription> subscriptions, MqttVersion version)
    {
        PacketBuffer body = new();
        body.UInt16(packetId);
        if (version == MqttVersion.V5) WriteProperties(body, subscriptions[0].Identifier);
        foreach (TopicSubscription subscription in subscriptions)
        {
            body.Text(subscription.Filter);
            body.Byte(version == MqttVersion.V5 ? subscription.Flags : (int)subscription.Quality);
        }
        Finish(buffer, PacketType.Subscribe, body);
    }

    public static void EncodeUnsubscribe(PacketBuffer buffer, ushort packetId, IReadOnlyList<string> filters, MqttVersion version)
    {
        PacketBuffer body = new();
        body.UInt16(packetId);
        if (version == MqttVersion.V5) body.Byte(0);
        foreach (string filter in filters) body.Text(filter);
        Finish(buffer, PacketType.Unsubscribe, body);
    }

    private static void WriteProperties(PacketBuffer body, int? identifier)
    {
        PacketBuffer properties = new();
        properties.Varint(PropertyId.SubscriptionId, identifier);
        body.Varint(properties.Length);
        body.Bytes(properties.Written);
    }

    private static void Finish(PacketBuffer buffer, PacketType type, PacketBuffer body)
    {
        buffer.Byte((int)type << 4 | 2);
        buffer.Varint(body.Length);
        buffer.Bytes(body.Written);
    }
}
