using System.Text;

namespace SeqStream.Mqtt.Protocol;

/// <summary>The end of a connection, from either side.</summary>
/// <param name="Reason">Why.</param>
/// <param name="ReasonString">The broker's own words, or null.</param>
/// <param name="ServerReference">Another broker to use, or null.</param>
internal sealed record DisconnectPacket(ReasonCode Reason, string? ReasonString = null, string? ServerReference = null)
{
    public static DisconnectPacket Decode(ReadOnlySpan<byte> body, out PacketFault fault)
    {
        PacketReader reader = new(body);
        byte code = reader.Remaining > 0 ? reader.Byte() : (byte)0;
        if (!ReasonRules.IsAllowed(PacketType.Disconnect, code)) reader.Fail(PacketFault.BadReason);
        string? reasonString = null, serverReference = null;
        if (reader.Remaining > 0)
        {
            PropertyReader properties = new(ref reader, PacketType.Disconnect);
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.ReasonString) reasonString = Encoding.UTF8.GetString(properties.Bytes);
                if (properties.Id == PropertyId.ServerReference) serverReference = Encoding.UTF8.GetString(properties.Bytes);
                if (properties.Id == PropertyId.SessionExpiry) reader.Fail(PacketFault.MisplacedProperty);
            }
            if (properties.Fault != PacketFault.None) reader.Fail(properties.Fault);
        }
        reader.End();
        fault = reader.Fault;
        return new DisconnectPacket((ReasonCode)code, reasonString, serverReference);
    }

    public static void Encode(PacketBuffer buffer, ReasonCode reason, MqttVersion version)
    {
        buffer.Byte((int)PacketType.Disconnect << 4);
        bool hasReason = version == MqttVersion.V5 && reason != ReasonCode.Success;
        buffer.Byte(hasReason ? 1 : 0);
        if (hasReason) buffer.Byte((int)reason);
    }
}
