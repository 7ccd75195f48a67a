namespace SeqStream.Mqtt.Protocol;

/// <summary>How a packet from the peer breaks the protocol or a limit. The connection is closed with the reason that belongs to it.</summary>
public enum PacketFault
{
    /// <summary>Nothing is wrong.</summary>
    None,
    /// <summary>The remaining length is not a number of one to four bytes.</summary>
    BadLength,
    /// <summary>The packet is larger than the limit.</summary>
    TooLarge,
    /// <summary>The packet ends within a field.</summary>
    Truncated,
    /// <summary>Bytes follow after the last field.</summary>
    TrailingBytes,
    /// <summary>The flags of the first byte are not those of the packet's type.</summary>
    BadFlags,
    /// <summary>The quality of service is 3.</summary>
    BadQos,
    /// <summary>A text is not valid UTF-8.</summary>
    BadText,
    /// <summary>A text holds U+0000.</summary>
    NullCharacter,
    /// <summary>A property is unknown.</summary>
    UnknownProperty,
    /// <summary>A property stands in a packet that may not have it.</summary>
    MisplacedProperty,
    /// <summary>A property stands there twice.</summary>
    RepeatedProperty,
    /// <summary>A property's value is not allowed.</summary>
    BadPropertyValue,
    /// <summary>The packet identifier is 0.</summary>
    BadPacketId,
    /// <summary>The reason code is not one of the packet's.</summary>
    BadReason,
    /// <summary>The topic of a message is empty or holds a wildcard.</summary>
    BadTopic,
    /// <summary>A topic alias is above the limit or was never set.</summary>
    BadAlias,
    /// <summary>The packet may not come from a broker, or not at this time.</summary>
    UnexpectedPacket,
}
