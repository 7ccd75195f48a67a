using System.Buffers.Binary;

namespace SeqStream.Mqtt.Sparkplug;

/// <summary>Reads the fields of a Protocol Buffers message and never beyond its end. The first fault ends the walk.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>The value of a number of any width.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a length-delimited field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>True if the message is cut off or holds a wire type that is not used.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the next field; false at the end or at a fault.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || IsBroken) return false;
        ulong key = Varint();
        Field = (int)Math.Min(key >> 3, int.MaxValue);
        switch (key & 7)
        {
            case 0: Number = Varint(); break;
            case 1: Number = Take(8) is { Length: 8 } eight ? BinaryPrimitives.ReadUInt64LittleEndian(eight) : 0; break;
            case 2: Bytes = Take(Varint()); break;
            case 5: Number = Take(4) is { Length: 4 } four ? BinaryPrimitives.ReadUInt32LittleEndian(four) : 0; break;
            default: IsBroken = true; break;
        }
        if (Field == 0) IsBroken = true;
        return !IsBroken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if ((_rest[i] & 0x80) != 0) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }
        IsBroken = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (IsBroken || count > (ulong)_rest.Length)
        {
            IsBroken = true;
            return default;
        }
        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
