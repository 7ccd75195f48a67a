namespace SeqStream.Mqtt.Protocol;

/// <summary>Appends properties to a buffer; those without a value are left out.</summary>
internal static class PropertyWriter
{
    public static void Byte(this PacketBuffer buffer, PropertyId id, int? value)
    {
        if (value is not { } number) return;
        buffer.Byte((int)id);
        buffer.Byte(number);
    }

    public static void UInt16(this PacketBuffer buffer, PropertyId id, int? value)
    {
        if (value is not { } number) return;
        buffer.Byte((int)id);
        buffer.UInt16(number);
    }

    public static void UInt32(this PacketBuffer buffer, PropertyId id, uint? value)
    {
        if (value is not { } number) return;
        buffer.Byte((int)id);
        buffer.UInt32(number);
    }

    public static void Varint(this PacketBuffer buffer, PropertyId id, int? value)
    {
        if (value is not { } number) return;
        buffer.Byte((int)id);
        buffer.Varint(number);
    }

    public static void Text(this PacketBuffer buffer, PropertyId id, string? value)
    {
        if (value is null) return;
        buffer.Byte((int)id);
        buffer.Text(value);
    }

    public static void Binary(this PacketBuffer buffer, PropertyId id, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        buffer.Byte((int)id);
        buffer.Binary(value);
    }

    public static void Users(this PacketBuffer buffer, IReadOnlyList<UserProperty> properties)
    {
        for (int i = 0; i < properties.Count; i++)
        {
            buffer.Byte((int)PropertyId.UserProperty);
            buffer.Text(properties[i].Name);
            buffer.Text(properties[i].Value);
        }
    }
}
