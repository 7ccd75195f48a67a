namespace SeqStream.Mqtt.Protocol;

/// <summary>SUBACK or UNSUBACK: one reason for each filter.</summary>
/// <param name="PacketId">The request's packet identifier.</param>
/// <param name="Reasons">The reasons, in the order of the filters; empty for UNSUBACK in MQTT 3.1.1.</param>
internal readonly record struct SubAckPacket(ushort PacketId, ReasonCode[] Reasons)
{
    public static SubAckPacket Decode(ReadOnlySpan<byte> body, PacketType type, MqttVersion version, out PacketFault fault)
    {
        PacketReader reader = new(body);
        ushort packetId = reader.PacketId();
        if (version == MqttVersion.V5)
        {
            PropertyReader properties = new(ref reader, type);
            while (properties.MoveNext())
            {
            }
            if (properties.Fault != PacketFault.None) reader.Fail(properties.Fault);
        }
        bool hasReasons = version == MqttVersion.V5 || type == PacketType.SubAck;
        ReasonCode[] reasons = new ReasonCode[hasReasons ? reader.Remaining : 0];
        if (hasReasons && reasons.Length == 0) reader.Fail(PacketFault.Truncated);
        for (int i = 0; i < reasons.Length; i++)
        {
            byte code = reader.Byte();
            bool isAllowed = version == MqttVersion.V5 ? ReasonRules.IsAllowed(type, code) : code is 0 or 1 or 2 or 0x80;
            if (!isAllowed) reader.Fail(PacketFault.BadReason);
            reasons[i] = (ReasonCode)code;
        }
        reader.End();
        fault = reader.Fault;
        return new SubAckPacket(packetId, reasons);
    }
}
