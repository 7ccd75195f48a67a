namespace SeqStream.Mqtt.Protocol;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
/// <param name="PacketId">The message's packet identifier.</param>
/// <param name="Reason">How it went; always success in MQTT 3.1.1.</param>
internal readonly record struct AckPacket(ushort PacketId, ReasonCode Reason)
{
    [HotPath]
    public static AckPacket Decode(ReadOnlySpan<byte> body, PacketType type, MqttVersion version, out PacketFault fault)
    {
        PacketReader reader = new(body);
        ushort packetId = reader.PacketId();
        ReasonCode reason = ReasonCode.Success;
        if (version == MqttVersion.V5 && reader.Remaining > 0)
        {
            byte code = reader.Byte();
            if (!ReasonRules.IsAllowed(type, code)) reader.Fail(PacketFault.BadReason);
            reason = (ReasonCode)code;
            if (reader.Remaining > 0) ReadProperties(ref reader, type);
        }
        reader.End();
        fault = reader.Fault;
        return new AckPacket(packetId, reason);
    }

    [HotPath]
    public static void Encode(PacketBuffer buffer, PacketType type, ushort packetId, ReasonCode reason, MqttVersion version)
    {
        bool hasReason = version == MqttVersion.V5 && reason != ReasonCode.Success;
        buffer.Byte((int)type << 4 | (type == PacketType.PubRel ? 2 : 0));
        buffer.Byte(hasReason ? 3 : 2);
        buffer.UInt16(packetId);
        if (hasReason) buffer.Byte((int)reason);
    }

    private static void ReadProperties(ref PacketReader reader, PacketType type)
    {
        PropertyReader properties = new(ref reader, type);
        while (properties.MoveNext())
        {
        }
        if (properties.Fault != PacketFault.None) reader.Fail(properties.Fault);
    }
}
