namespace SeqStream.Mqtt.Protocol;

/// <summary>The four upper bits of a packet's first byte.</summary>
internal enum PacketType
{
    /// <summary>No packet; in the table of properties it stands for the will inside CONNECT.</summary>
    None = 0,
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}
