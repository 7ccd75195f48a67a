using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SeqStream.Plan;

namespace SeqStream.State;

/// <summary>
/// Where each <see cref="StateField"/> lies in a stream's state row. Rows of equal <see cref="Id"/> mean the same thing; a saved row fits
/// only a layout with its id.
/// </summary>
public sealed class StateLayout
{
    private const int FieldAlignment = 4;
    private readonly Dictionary<StateField, int> _offsets = [];

    /// <summary>Lays the fields one after the other, 8-byte elements on 8-byte boundaries, all others on 4-byte boundaries.</summary>
    public StateLayout(ImmutableArray<StateField> fields)
    {
        Fields = fields;
        int offset = 0;
        foreach (StateField field in fields)
        {
            int alignment = Math.Max(FieldAlignment, field.Type.ByteSize());
            offset = RoundUp(offset, alignment);
            _offsets.Add(field, offset);
            offset = checked(offset + field.ByteCount);
        }
        RowBytes = RoundUp(offset, FieldAlignment);
        Id = ComputeId();
    }

    /// <summary>The fields in row order.</summary>
    public ImmutableArray<StateField> Fields { get; }

    /// <summary>Bytes of one row, without the padding a slab adds between rows; 0 for a model without memory.</summary>
    public int RowBytes { get; }

    /// <summary>Hash of names, types, shapes and offsets: the first 8 bytes of a SHA-256.</summary>
    public ulong Id { get; }

    /// <summary>Byte offset of a field in the row.</summary>
    public int OffsetOf(StateField field) => _offsets[field];

    /// <summary>Writes the initial value of every field, and zeros between fields.</summary>
    public void Initialize(Span<byte> row)
    {
        row[..RowBytes].Clear();
        foreach (StateField field in Fields)
        {
            field.Initial?.Bytes.CopyTo(row[_offsets[field]..]);
        }
    }

    private static int RoundUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    private ulong ComputeId()
    {
        StringBuilder text = new();
        foreach (StateField field in Fields) text.Append(field.Name).Append('|').Append(field.Type).Append('|').Append(field.Shape).Append('|').Append(_offsets[field]).Append('\n');
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
