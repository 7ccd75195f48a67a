using System.Text;

namespace SeqStream.Mqtt.Protocol;

/// <summary>The broker's answer to CONNECT, and what it allows.</summary>
internal sealed record ConnAckPacket
{
    public bool SessionPresent { get; init; }

    public ReasonCode Reason { get; init; }

    public string? ReasonString { get; private set; }

    public string? AssignedClientId { get; private set; }

    public string? ServerReference { get; private set; }

    public string? ResponseInformation { get; private set; }

    public string? AuthenticationMethod { get; private set; }

    public byte[]? AuthenticationData { get; private set; }

    public uint? SessionExpirySeconds { get; private set; }

    public int? ServerKeepAliveSeconds { get; private set; }

    public int ReceiveMaximum { get; private set; } = ushort.MaxValue;

    public int TopicAliasMaximum { get; private set; }

    public QualityOfService MaximumQuality { get; private set; } = QualityOfService.ExactlyOnce;

    public bool IsRetainAvailable { get; private set; } = true;

    public long MaximumPacketBytes { get; private set; } = 268_435_460;

    public bool AreWildcardsAvailable { get; private set; } = true;

    public bool AreSubscriptionIdsAvailable { get; private set; } = true;

    public bool AreSharedSubscriptionsAvailable { get; private set; } = true;

    /// <summary>Decodes a packet's body.</summary>
    public static ConnAckPacket Decode(ReadOnlySpan<byte> body, MqttVersion version, out PacketFault fault)
    {
        PacketReader reader = new(body);
        byte flags = reader.Byte();
        byte code = reader.Byte();
        if ((flags & 0xFE) != 0 || ((flags & 1) != 0 && code != 0)) reader.Fail(PacketFault.BadFlags);
        ReasonCode reason = version == MqttVersion.V5 ? (ReasonCode)code : FromReturnCode(code);
        if (version == MqttVersion.V5 ? !ReasonRules.IsAllowed(PacketType.ConnAck, code) : code > 5) reader.Fail(PacketFault.BadReason);
        ConnAckPacket packet = new() { SessionPresent = (flags & 1) != 0, Reason = reason };
        fault = PacketFault.None;
        if (version == MqttVersion.V5) fault = packet.ReadProperties(ref reader);
        reader.End();
        if (reader.Fault != PacketFault.None) fault = reader.Fault;
        return packet;
    }

    private PacketFault ReadProperties(ref PacketReader reader)
    {
        PropertyReader properties = new(ref reader, PacketType.ConnAck);
        while (properties.MoveNext()) Take(ref properties);
        return properties.Fault;
    }

    private void Take(ref PropertyReader property)
    {
        switch (property.Id)
        {
            case PropertyId.ReasonString: ReasonString = Encoding.UTF8.GetString(property.Bytes); break;
            case PropertyId.AssignedClientId: AssignedClientId = Encoding.UTF8.GetString(property.Bytes); break;
            case PropertyId.ServerReference: ServerReference = Encoding.UTF8.GetString(property.Bytes); break;
            case PropertyId.ResponseInformation: ResponseInformation = Encoding.UTF8.GetString(property.Bytes); break;
            case PropertyId.AuthenticationMethod: AuthenticationMethod = Encoding.UTF8.GetString(property.Bytes); break;
            case PropertyId.AuthenticationData: AuthenticationData = property.Bytes.ToArray(); break;
            case PropertyId.SessionExpiry: SessionExpirySeconds = property.Number; break;
            case PropertyId.ServerKeepAlive: ServerKeepAliveSeconds = (int)property.Number; break;
            case PropertyId.ReceiveMaximum: ReceiveMaximum = (int)property.Number; break;
            case PropertyId.TopicAliasMaximum: TopicAliasMaximum = (int)property.Number; break;
            case PropertyId.MaximumQos: MaximumQuality = (QualityOfService)property.Number; break;
            case PropertyId.RetainAvailable: IsRetainAvailable = property.Number != 0; break;
            case PropertyId.MaximumPacketSize: MaximumPacketBytes = property.Number; break;
            case PropertyId.WildcardSubscriptionAvailable: AreWildcardsAvailable = property.Number != 0; break;
            case PropertyId.SubscriptionIdsAvailable: AreSubscriptionIdsAvailable = property.Number != 0; break;
            case PropertyId.SharedSubscriptionAvailable: AreSharedSubscriptionsAvailable = property.Number != 0; break;
            default: break;
        }
    }

    /// <summary>The return codes of MQTT 3.1.1 as reason codes.</summary>
    private static ReasonCode FromReturnCode(byte code) => code switch
    {
        0 => ReasonCode.Success,
        1 => ReasonCode.UnsupportedProtocolVersion,
        2 => ReasonCode.ClientIdentifierNotValid,
        3 => ReasonCode.ServerUnavailable,
        4 => ReasonCode.BadUserNameOrPassword,
        5 => ReasonCode.NotAuthorized,
        _ => ReasonCode.UnspecifiedError,
    };
}
