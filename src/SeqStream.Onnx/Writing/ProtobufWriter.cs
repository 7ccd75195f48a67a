using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SeqStream.Onnx.Writing;

/// <summary>Writes the protobuf wire format, field by field. Calls chain.</summary>
internal sealed class ProtobufWriter
{
    private const int VarintWire = 0, LengthWire = 2, Fixed32Wire = 5;
    private const int MostVarintBytes = 10;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What was written so far; valid until the next call.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>An integer of any signed or unsigned protobuf type but the zigzag ones.</summary>
    public ProtobufWriter Integer(int field, long value)
    {
        Tag(field, VarintWire);
        Varint((ulong)value);
        return this;
    }

    /// <summary>A float.</summary>
    public ProtobufWriter Float(int field, float value)
    {
        Tag(field, Fixed32Wire);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>A string.</summary>
    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message inside this one.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    /// <summary>Bytes.</summary>
    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthWire);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>The fields of another writer, as fields of this message.</summary>
    public ProtobufWriter Fields(ProtobufWriter other)
    {
        _bytes.Write(other.Written);
        return this;
    }

    private void Tag(int field, int wire) => Varint((ulong)((field << 3) | wire));

    private void Varint(ulong value)
    {
        Span<byte> space = _bytes.GetSpan(MostVarintBytes);
        int count = 0;
        for (; value >= 0x80; value >>= 7) space[count++] = (byte)(value | 0x80);
        space[count++] = (byte)value;
        _bytes.Advance(count);
    }
}
