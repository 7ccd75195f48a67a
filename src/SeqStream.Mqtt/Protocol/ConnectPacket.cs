namespace SeqStream.Mqtt.Protocol;

/// <summary>What a client says of itself when it connects.</summary>
internal sealed record ConnectPacket
{
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    public string ClientId { get; init; } = "";

    public bool IsCleanStart { get; init; }

    public int KeepAliveSeconds { get; init; }

    public uint SessionExpirySeconds { get; init; }

    public int ReceiveMaximum { get; init; } = ushort.MaxValue;

    public uint MaximumPacketBytes { get; init; }

    public int TopicAliasMaximum { get; init; }

    public string? AuthenticationMethod { get; init; }

    public byte[] AuthenticationContent { get; init; } = [];

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    public WillMessage? Will { get; init; }

    public string? User { get; init; }

    public byte[]? Password { get; init; }

    public void Encode(PacketBuffer buffer)
    {
        PacketBuffer body = new();
        body.Text("MQTT");
        body.Byte((int)Version);
        body.Byte(Flags());
        body.UInt16(KeepAliveSeconds);
        if (Version == MqttVersion.V5) WriteProperties(body);
        body.Text(ClientId);
        if (Will is not null) WriteWill(body, Will);
        if (User is not null) body.Text(User);
        if (Password is not null) body.Binary(Password);
        buffer.Byte((int)PacketType.Connect << 4);
        buffer.Varint(body.Length);
        buffer.Bytes(body.Written);
    }

    private int Flags() => (IsCleanStart ? 2 : 0) | (User is not null ? 0x80 : 0) | (Password is not null ? 0x40 : 0)
        | (Will is null ? 0 : 4 | (int)Will.Quality << 3 | (Will.IsRetained ? 0x20 : 0));

    private void WriteProperties(PacketBuffer body)
    {
        PacketBuffer properties = new();
        if (SessionExpirySeconds > 0) properties.UInt32(PropertyId.SessionExpiry, SessionExpirySeconds);
        if (ReceiveMaximum != ushort.MaxValue) properties.UInt16(PropertyId.ReceiveMaximum, ReceiveMaximum);
        if (MaximumPacketBytes > 0) properties.UInt32(PropertyId.MaximumPacketSize, MaximumPacketBytes);
        if (TopicAliasMaximum > 0) properties.UInt16(PropertyId.TopicAliasMaximum, TopicAliasMaximum);
        properties.Text(PropertyId.AuthenticationMethod, AuthenticationMethod);
        properties.Binary(PropertyId.AuthenticationData, AuthenticationContent);
        properties.Users(UserProperties);
        body.Varint(properties.Length);
        body.Bytes(properties.Written);
    }

    private void WriteWill(PacketBuffer body, WillMessage will)
    {
        if (Version == MqttVersion.V5)
        {
            PacketBuffer properties = new();
            if (will.Delay > TimeSpan.Zero) properties.UInt32(PropertyId.WillDelay, (uint)will.Delay.TotalSeconds);
            properties.UInt32(PropertyId.MessageExpiry, will.Expiry is { } expiry ? (uint)expiry.TotalSeconds : null);
            properties.Text(PropertyId.ContentType, will.ContentType);
            properties.Users(will.UserProperties);
            body.Varint(properties.Length);
            body.Bytes(properties.Written);
        }
        body.Text(will.Topic);
        body.Binary(will.Payload.Span);
    }
}
