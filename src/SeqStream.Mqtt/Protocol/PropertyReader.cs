namespace SeqStream.Mqtt.Protocol;

/// <summary>Walks the properties of a packet and checks each: known, allowed there, not repeated, value allowed.</summary>
internal ref struct PropertyReader
{
    private readonly PacketType _packet;
    private PacketReader _reader;
    private ulong _seen;

    /// <summary>Takes the properties, with their length before them, out of a packet's reader.</summary>
    public PropertyReader(ref PacketReader packet, PacketType type)
    {
        int length = (int)packet.Varint();
        _packet = type;
        _reader = new PacketReader(packet.Bytes(length));
    }

    /// <summary>Walks properties that were checked before, without their length.</summary>
    public PropertyReader(ReadOnlySpan<byte> properties, PacketType type)
    {
        _packet = type;
        _reader = new PacketReader(properties);
    }

    public PropertyId Id { get; private set; }

    /// <summary>The value of a number.</summary>
    public uint Number { get; private set; }

    /// <summary>The value of a text or of bytes; the name of a user property.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a user property.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>User properties so far.</summary>
    public int UserProperties { get; private set; }

    public readonly PacketFault Fault => _reader.Fault;

    /// <summary>Reads the next property; false at the end or at a fault.</summary>
    public bool MoveNext()
    {
        if (_reader.Remaining == 0 || _reader.Fault != PacketFault.None) return false;
        uint id = _reader.Varint();
        PropertyType type = PropertyRules.TypeOf(id);
        if (type == PropertyType.Unknown) _reader.Fail(PacketFault.UnknownProperty);
        else CheckPlace((PropertyId)id);
        ReadValue(type);
        return _reader.Fault == PacketFault.None;
    }

    private void CheckPlace(PropertyId id)
    {
        Id = id;
        if (!PropertyRules.IsAllowed(id, _packet)) _reader.Fail(PacketFault.MisplacedProperty);
        ulong bit = 1ul << (int)id;
        if ((_seen & bit) != 0 && !PropertyRules.MayRepeat(id, _packet)) _reader.Fail(PacketFault.RepeatedProperty);
        _seen |= bit;
    }

    private void ReadValue(PropertyType type)
    {
        switch (type)
        {
            case PropertyType.Byte: Number = _reader.Byte(); break;
            case PropertyType.UInt16: Number = _reader.UInt16(); break;
            case PropertyType.UInt32: Number = _reader.UInt32(); break;
            case PropertyType.Varint: Number = _reader.Varint(); break;
            case PropertyType.Text: Bytes = _reader.Text(); return;
            case PropertyType.Binary: Bytes = _reader.Binary(); return;
            case PropertyType.Pair:
                Bytes = _reader.Text();
                Value = _reader.Text();
                UserProperties++;
                return;
            default: return;
        }
        if (!PropertyRules.IsValid(Id, Number)) _reader.Fail(PacketFault.BadPropertyValue);
    }
}
