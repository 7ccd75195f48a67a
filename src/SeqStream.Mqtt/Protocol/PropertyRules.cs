namespace SeqStream.Mqtt.Protocol;

/// <summary>Which value a property has and in which packets it may stand (MQTT 5, table 2-4). The will's properties count as those of <see cref="PacketType.None"/>.</summary>
internal static class PropertyRules
{
    private const int Count = 0x2B;
    private static readonly PropertyType[] s_types = new PropertyType[Count];
    private static readonly int[] s_packets = new int[Count];

    static PropertyRules()
    {
        Set(PropertyId.PayloadFormat, PropertyType.Byte, PacketType.Publish, PacketType.None);
        Set(PropertyId.MessageExpiry, PropertyType.UInt32, PacketType.Publish, PacketType.None);
        Set(PropertyId.ContentType, PropertyType.Text, PacketType.Publish, PacketType.None);
        Set(PropertyId.ResponseTopic, PropertyType.Text, PacketType.Publish, PacketType.None);
        Set(PropertyId.CorrelationData, PropertyType.Binary, PacketType.Publish, PacketType.None);
        Set(PropertyId.SubscriptionId, PropertyType.Varint, PacketType.Publish, PacketType.Subscribe);
        Set(PropertyId.SessionExpiry, PropertyType.UInt32, PacketType.Connect, PacketType.ConnAck, PacketType.Disconnect);
        Set(PropertyId.AssignedClientId, PropertyType.Text, PacketType.ConnAck);
        Set(PropertyId.ServerKeepAlive, PropertyType.UInt16, PacketType.ConnAck);
        Set(PropertyId.AuthenticationMethod, PropertyType.Text, PacketType.Connect, PacketType.ConnAck, PacketType.Auth);
        Set(PropertyId.AuthenticationData, PropertyType.Binary, PacketType.Connect, PacketType.ConnAck, PacketType.Auth);
        Set(PropertyId.RequestProblemInformation, PropertyType.Byte, PacketType.Connect);
        Set(PropertyId.WillDelay, PropertyType.UInt32, PacketType.None);
        Set(PropertyId.RequestResponseInformation, PropertyType.Byte, PacketType.Connect);
        Set(PropertyId.ResponseInformation, PropertyType.Text, PacketType.ConnAck);
        Set(PropertyId.ServerReference, PropertyType.Text, PacketType.ConnAck, PacketType.Disconnect);
        Set(PropertyId.ReasonString, PropertyType.Text, PacketType.ConnAck, PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp, PacketType.SubAck, PacketType.UnsubAck, PacketType.Disconnect, PacketType.Auth);
        Set(PropertyId.ReceiveMaximum, PropertyType.UInt16, PacketType.Connect, PacketType.ConnAck);
        Set(PropertyId.TopicAliasMaximum, PropertyType.UInt16, PacketType.Connect, PacketType.ConnAck);
        Set(PropertyId.TopicAlias, PropertyType.UInt16, PacketType.Publish);
        Set(PropertyId.MaximumQos, PropertyType.Byte, PacketType.ConnAck);
        Set(PropertyId.RetainAvailable, PropertyType.Byte, PacketType.ConnAck);
        Set(PropertyId.UserProperty, PropertyType.Pair, PacketType.Connect, PacketType.ConnAck, PacketType.Publish, PacketType.None, PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp, PacketType.Subscribe, PacketType.SubAck, PacketType.Unsubscribe, PacketType.UnsubAck, PacketType.Disconnect, PacketType.Auth);
        Set(PropertyId.MaximumPacketSize, PropertyType.UInt32, PacketType.Connect, PacketType.ConnAck);
        Set(PropertyId.WildcardSubscriptionAvailable, PropertyType.Byte, PacketType.ConnAck);
        Set(PropertyId.SubscriptionIdsAvailable, PropertyType.Byte, PacketType.ConnAck);
        Set(PropertyId.SharedSubscriptionAvailable, PropertyType.Byte, PacketType.ConnAck);
    }

    /// <summary>How the value is written; <see cref="PropertyType.Unknown"/> if there is no such property.</summary>
    public static PropertyType TypeOf(uint id) => id < Count ? s_types[id] : PropertyType.Unknown;

    /// <summary>True if the property may stand in the packet.</summary>
    public static bool IsAllowed(PropertyId id, PacketType packet) => (s_packets[(int)id] >> (int)packet & 1) != 0;

    /// <summary>True if the property may stand there more than once.</summary>
    public static bool MayRepeat(PropertyId id, PacketType packet) => id == PropertyId.UserProperty || (id == PropertyId.SubscriptionId && packet == PacketType.Publish);

    /// <summary>True if the protocol allows the number as the property's value.</summary>
    public static bool IsValid(PropertyId id, uint number) => id switch
    {
        PropertyId.PayloadFormat or PropertyId.RequestProblemInformation or PropertyId.RequestResponseInformation or PropertyId.MaximumQos or PropertyId.RetainAvailable
            or PropertyId.WildcardSubscriptionAvailable or PropertyId.SubscriptionIdsAvailable or PropertyId.SharedSubscriptionAvailable => number <= 1,
        PropertyId.SubscriptionId or PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.TopicAlias => number != 0,
        _ => true,
    };

    private static void Set(PropertyId id, PropertyType type, params ReadOnlySpan<PacketType> packets)
    {
        s_types[(int)id] = type;
        foreach (PacketType packet in packets) s_packets[(int)id] |= 1 << (int)packet;
    }
}
