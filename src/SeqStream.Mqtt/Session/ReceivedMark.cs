using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>
/// What must be remembered of a message that was applied, so that it is recognised when the broker sends it again because the acknowledgement was lost.
/// A durable store writes it in the transaction that commits the state which contains the message.
/// </summary>
/// <param name="PacketId">The broker's packet identifier.</param>
/// <param name="Quality">1 or 2.</param>
/// <param name="ContentHash">Hash of topic and payload: identifiers of QoS 1 are used again, so the content must agree too.</param>
/// <param name="Sequence">Grows with every message.</param>
public readonly record struct ReceivedMark(ushort PacketId, QualityOfService Quality, ulong ContentHash, long Sequence);
