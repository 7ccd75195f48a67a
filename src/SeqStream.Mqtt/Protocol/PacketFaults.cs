namespace SeqStream.Mqtt.Protocol;

/// <summary>Words and reason codes for broken packets.</summary>
internal static class PacketFaults
{
    /// <summary>The reason code that DISCONNECT carries.</summary>
    public static ReasonCode Reason(this PacketFault fault) => fault switch
    {
        PacketFault.TooLarge => ReasonCode.PacketTooLarge,
        PacketFault.MisplacedProperty or PacketFault.RepeatedProperty or PacketFault.BadPropertyValue or PacketFault.BadPacketId or PacketFault.UnexpectedPacket => ReasonCode.ProtocolError,
        PacketFault.BadTopic => ReasonCode.TopicNameInvalid,
        PacketFault.BadAlias => ReasonCode.TopicAliasInvalid,
        _ => ReasonCode.MalformedPacket,
    };

    /// <summary>What was found.</summary>
    public static string Describe(this PacketFault fault) => fault switch
    {
        PacketFault.BadLength => "the remaining length is not a number of one to four bytes",
        PacketFault.TooLarge => "the packet is larger than the limit",
        PacketFault.Truncated => "the packet ends within a field",
        PacketFault.TrailingBytes => "bytes follow after the last field",
        PacketFault.BadFlags => "the flags of the first byte are not those of the packet's type",
        PacketFault.BadQos => "the quality of service is 3",
        PacketFault.BadText => "a text is not valid UTF-8",
        PacketFault.NullCharacter => "a text holds U+0000",
        PacketFault.UnknownProperty => "a property is unknown",
        PacketFault.MisplacedProperty => "a property stands in a packet that may not have it",
        PacketFault.RepeatedProperty => "a property stands there twice",
        PacketFault.BadPropertyValue => "a property's value is not allowed",
        PacketFault.BadPacketId => "the packet identifier is 0",
        PacketFault.BadReason => "the reason code is not one of the packet's",
        PacketFault.BadTopic => "the topic of a message is empty or holds a wildcard",
        PacketFault.BadAlias => "a topic alias is above the limit or was never set",
        PacketFault.UnexpectedPacket => "the packet may not come from a broker, or not at this time",
        _ => "nothing is wrong",
    };
}
