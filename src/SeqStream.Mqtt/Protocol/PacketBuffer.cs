using System.Buffers.Binary;
using System.Text;

namespace SeqStream.Mqtt.Protocol;

/// <summary>Bytes of packets on their way out. Grows to the largest burst and is reused. One thread at a time.</summary>
internal sealed class PacketBuffer
{
    private byte[] _bytes = new byte[1 << 10];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets a buffer that one large burst has grown.</summary>
    public void Trim(int keepBytes)
    {
        if (_bytes.Length > keepBytes && Length == 0) _bytes = new byte[keepBytes];
    }

    public void Byte(int value)
    {
        Room(1)[0] = (byte)value;
        Length++;
    }

    public void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Room(2), (ushort)value);
        Length += 2;
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Room(4), value);
        Length += 4;
    }

    public void Varint(int value)
    {
        for (; value > 0x7F; value >>= 7) Byte((value & 0x7F) | 0x80);
        Byte(value);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Bytes with their count before them.</summary>
    public void Binary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ushort.MaxValue) throw MqttThrow.FieldTooLong(bytes.Length);
        UInt16(bytes.Length);
        Bytes(bytes);
    }

    /// <summary>UTF-8 with its count before it.</summary>
    public void Text(string text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        if (count > ushort.MaxValue) throw MqttThrow.FieldTooLong(count);
        if (text.Contains('\0', StringComparison.Ordinal)) throw MqttThrow.NullCharacter(text);
        UInt16(count);
        Length += Encoding.UTF8.GetBytes(text, Room(count));
    }

    /// <summary>Number of bytes that <see cref="Varint"/> writes.</summary>
    public static int VarintLength(int value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        return _bytes.AsSpan(Length);
    }
}
