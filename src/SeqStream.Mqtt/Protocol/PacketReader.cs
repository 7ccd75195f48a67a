using System.Buffers.Binary;
using System.Text.Unicode;

namespace SeqStream.Mqtt.Protocol;

/// <summary>
/// Reads the fields of one packet and never beyond its end. The first fault sticks: what is read after it is empty or zero, so that a decoder
/// looks at <see cref="Fault"/> once, at its end.
/// </summary>
internal ref struct PacketReader(ReadOnlySpan<byte> bytes)
{
    private readonly int _length = bytes.Length;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What is wrong with the packet.</summary>
    public PacketFault Fault { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _length - _rest.Length;

    /// <summary>Notes a fault, unless there was one before.</summary>
    public void Fail(PacketFault fault)
    {
        if (Fault == PacketFault.None) Fault = fault;
        _rest = default;
    }

    /// <summary>Notes a fault if bytes are left.</summary>
    public void End()
    {
        if (_rest.Length > 0) Fail(PacketFault.TrailingBytes);
    }

    public byte Byte() => Take(1, out ReadOnlySpan<byte> bytes) ? bytes[0] : (byte)0;

    public ushort UInt16() => Take(2, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    public uint UInt32() => Take(4, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    /// <summary>A number of one to four bytes, seven bits each, least first.</summary>
    public uint Varint()
    {
        uint value = 0;
        for (int shift = 0; shift < 28; shift += 7)
        {
            byte part = Byte();
            value |= (uint)(part & 0x7F) << shift;
            if ((part & 0x80) == 0) return value;
        }
        Fail(PacketFault.BadLength);
        return 0;
    }

    /// <summary>A packet identifier, never 0.</summary>
    public ushort PacketId()
    {
        ushort id = UInt16();
        if (id == 0) Fail(PacketFault.BadPacketId);
        return id;
    }

    /// <summary>Bytes with their count before them.</summary>
    public ReadOnlySpan<byte> Binary() => Take(UInt16(), out ReadOnlySpan<byte> bytes) ? bytes : default;

    /// <summary>UTF-8 with its count before it, checked.</summary>
    public ReadOnlySpan<byte> Text()
    {
        ReadOnlySpan<byte> text = Binary();
        if (!Utf8.IsValid(text)) Fail(PacketFault.BadText);
        else if (text.Contains((byte)0)) Fail(PacketFault.NullCharacter);
        return Fault == PacketFault.None ? text : default;
    }

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count) => Take(count, out ReadOnlySpan<byte> bytes) ? bytes : default;

    private bool Take(int count, out ReadOnlySpan<byte> bytes)
    {
        if (count > _rest.Length || Fault != PacketFault.None)
        {
            Fail(PacketFault.Truncated);
            bytes = default;
            return false;
        }
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
