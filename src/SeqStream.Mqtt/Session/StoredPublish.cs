using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>A message on its way to the broker, as it must be kept until the broker has acknowledged it.</summary>
/// <param name="PacketId">Its packet identifier.</param>
/// <param name="Quality">Quality of service, 1 or 2.</param>
/// <param name="IsRetained">The retain flag.</param>
/// <param name="IsReleased">True if the broker owns the message (PUBREC came) and only PUBREL and PUBCOMP are missing.</param>
/// <param name="Order">Grows with every message; those sent again go in this order.</param>
/// <param name="Topic">The topic in UTF-8.</param>
/// <param name="Properties">Properties as MQTT 5 writes them, without their length and without an alias.</param>
/// <param name="Payload">The content.</param>
public readonly record struct StoredPublish(
    ushort PacketId, QualityOfService Quality, bool IsRetained, bool IsReleased, long Order,
    ReadOnlyMemory<byte> Topic, ReadOnlyMemory<byte> Properties, ReadOnlyMemory<byte> Payload);
