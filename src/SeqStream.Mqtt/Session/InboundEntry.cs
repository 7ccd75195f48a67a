using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>A received message that is not acknowledged yet.</summary>
internal struct InboundEntry
{
    /// <summary>The message's handle; 0 while the slot is free.</summary>
    public long Sequence;
    public ulong ContentHash;
    public int Connection;
    public ushort PacketId;
    public QualityOfService Quality;
    public ReasonCode Reason;
    public bool IsAcknowledged;
    /// <summary>True if the broker waits for it on the present connection.</summary>
    public bool IsQueued;
}
