using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SeqStream.State;

/// <summary>
/// Reads what a <see cref="StateWriter"/> wrote, in the same order. Every read is checked against the bytes there are and, where one is given, against a limit,
/// before anything is allocated.
/// </summary>
/// <param name="bytes">What the writer wrote.</param>
public ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Reads yes or no.</summary>
    /// <exception cref="StateSnapshotException">The bytes end, or hold neither 0 nor 1.</exception>
    public bool ReadBool()
    {
        byte value = Take(1)[0];
        return value <= 1 ? value == 1 : throw new StateSnapshotException($"The saved state holds {value} where 0 or 1 was expected: it was damaged, or another version wrote it. Use an intact copy.");
    }

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public int ReadInt() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Reads a whole number that must lie between two bounds.</summary>
    /// <exception cref="StateSnapshotException">The bytes end, or the number lies outside.</exception>
    public int ReadInt(int least, int greatest)
    {
        int value = ReadInt();
        return value >= least && value <= greatest ? value : throw new StateSnapshotException($"The saved state holds {value} where {least} to {greatest} was expected: it was damaged, or belongs to other options. Use an intact copy.");
    }

    /// <summary>Reads a whole number of eight bytes.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public long ReadLong() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads a count of eight bytes: not negative.</summary>
    /// <exception cref="StateSnapshotException">The bytes end, or the number is negative.</exception>
    public long ReadCount()
    {
        long value = ReadLong();
        return value >= 0 ? value : throw new StateSnapshotException($"The saved state holds the count {value}: it was damaged. Use an intact copy.");
    }

    /// <summary>Reads a number.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>Reads bytes with their count; a view into the saved state.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadInt(0, _rest.Length));

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public void ReadAll(Span<float> values)
    {
        ReadOnlySpan<byte> bytes = Take(values.Length * sizeof(float));
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values));
        else for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public void ReadAll(Span<double> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = ReadDouble();
    }

    /// <summary>Fills <paramref name="values"/> with numbers that must lie between two bounds.</summary>
    /// <exception cref="StateSnapshotException">The bytes end, or a number lies outside.</exception>
    public void ReadAll(Span<int> values, int least, int greatest)
    {
        for (int i = 0; i < values.Length; i++) values[i] = ReadInt(least, greatest);
    }

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <exception cref="StateSnapshotException">The bytes end.</exception>
    public void ReadAll(Span<long> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = ReadLong();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw new StateSnapshotException($"The saved state ends where {count} more bytes were expected; {_rest.Length} are left. It was cut short, or another version wrote it: use an intact copy.");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
