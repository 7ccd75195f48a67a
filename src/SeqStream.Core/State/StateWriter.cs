using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SeqStream.State;

/// <summary>
/// Collects what a front end or decoder remembers, as little-endian bytes that <see cref="StateReader"/> reads back in the same order.
/// The buffer grows as needed and is reused. One thread at a time.
/// </summary>
public sealed class StateWriter
{
    private byte[] _bytes = new byte[256];

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written since <see cref="Clear"/>; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Writes yes or no, one byte.</summary>
    public void Write(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a whole number, four bytes.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    /// <summary>Writes a whole number, eight bytes.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    /// <summary>Writes a number, eight bytes, every bit of it.</summary>
    public void Write(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);

    /// <summary>Writes bytes after their count.</summary>
    public void Write(ReadOnlySpan<byte> values)
    {
        Write(values.Length);
        values.CopyTo(Take(values.Length));
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Append(ReadOnlySpan<byte> values) => values.CopyTo(Take(values.Length));

    /// <summary>Writes numbers without a count: the reader knows how many there are.</summary>
    public void WriteAll(ReadOnlySpan<float> values)
    {
        Span<byte> bytes = Take(values.Length * sizeof(float));
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], values[i]);
    }

    /// <summary>Writes numbers without a count: the reader knows how many there are.</summary>
    public void WriteAll(ReadOnlySpan<double> values)
    {
        foreach (double value in values) Write(value);
    }

    /// <summary>Writes whole numbers without a count: the reader knows how many there are.</summary>
    public void WriteAll(ReadOnlySpan<int> values)
    {
        foreach (int value in values) Write(value);
    }

    /// <summary>Writes whole numbers without a count: the reader knows how many there are.</summary>
    public void WriteAll(ReadOnlySpan<long> values)
    {
        foreach (long value in values) Write(value);
    }

    /// <summary>Writes a count and leaves room for as many bytes, which the caller fills before the next change.</summary>
    public Span<byte> Reserve(int count)
    {
        Write(count);
        return Take(count);
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
