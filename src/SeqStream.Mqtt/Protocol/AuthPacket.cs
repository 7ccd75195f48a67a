using System.Text;

namespace SeqStream.Mqtt.Protocol;

/// <summary>One message of an enhanced authentication (MQTT 5).</summary>
/// <param name="Reason">Success, continue or start again.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Content">What the method says.</param>
internal sealed record AuthPacket(ReasonCode Reason, string? Method, byte[] Content)
{
    public static AuthPacket Decode(ReadOnlySpan<byte> body, out PacketFault fault)
    {
        PacketReader reader = new(body);
        byte code = reader.Remaining > 0 ? reader.Byte() : (byte)0;
        if (!ReasonRules.IsAllowed(PacketType.Auth, code)) reader.Fail(PacketFault.BadReason);
        string? method = null;
        byte[] content = [];
        if (reader.Remaining > 0)
        {
            PropertyReader properties = new(ref reader, PacketType.Auth);
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.AuthenticationMethod) method = Encoding.UTF8.GetString(properties.Bytes);
                if (properties.Id == PropertyId.AuthenticationData) content = properties.Bytes.ToArray();
            }
            if (properties.Fault != PacketFault.None) reader.Fail(properties.Fault);
        }
        reader.End();
        fault = reader.Fault;
        return new AuthPacket((ReasonCode)code, method, content);
    }

    public static void Encode(PacketBuffer buffer, PacketBuffer scratch, AuthPacket packet)
    {
        scratch.Clear();
        scratch.Text(PropertyId.AuthenticationMethod, packet.Method);
        scratch.Binary(PropertyId.AuthenticationData, packet.Content);
        buffer.Byte((int)PacketType.Auth << 4);
        buffer.Varint(1 + PacketBuffer.VarintLength(scratch.Length) + scratch.Length);
        buffer.Byte((int)packet.Reason);
        buffer.Varint(scratch.Length);
        buffer.Bytes(scratch.Written);
    }
}
