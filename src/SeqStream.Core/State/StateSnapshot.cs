using System.Buffers.Binary;

namespace SeqStream.State;

/// <summary>
/// A stream's memory as bytes that outlive the process: magic, format version, layout id, model id, step, state row, CRC-32C.
/// All numbers are little-endian.
/// </summary>
/// <remarks>
/// <code>
/// offset  bytes  field
/// 0       4      magic "SQST"
/// 4       4      format version, 1
/// 8       8      layout id
/// 16      8      model id
/// 24      8      steps made so far
/// 32      4      row bytes, n
/// 36      n      the state row
/// 36 + n  4      CRC-32C of everything before
/// </code>
/// </remarks>
public static class StateSnapshot
{
    private const uint Magic = 0x54535153;
    private const int Version = 1;
    private const int HeaderBytes = 36;
    private const int ChecksumBytes = 4;

    /// <summary>Bytes of a snapshot of a layout.</summary>
    public static int ByteCount(StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return HeaderBytes + layout.RowBytes + ChecksumBytes;
    }

    /// <summary>Where <see cref="Seal"/> expects the state row inside a snapshot.</summary>
    public static Span<byte> RowOf(Span<byte> snapshot, StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return snapshot.Slice(HeaderBytes, layout.RowBytes);
    }

    /// <summary>Writes header and checksum around the row that the caller placed in <see cref="RowOf"/>.</summary>
    public static void Seal(Span<byte> snapshot, StateLayout layout, ulong modelId, long steps)
    {
        ArgumentNullException.ThrowIfNull(layout);
        BinaryPrimitives.WriteUInt32LittleEndian(snapshot, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(snapshot[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(snapshot[8..], layout.Id);
        BinaryPrimitives.WriteUInt64LittleEndian(snapshot[16..], modelId);
        BinaryPrimitives.WriteInt64LittleEndian(snapshot[24..], steps);
        BinaryPrimitives.WriteInt32LittleEndian(snapshot[32..], layout.RowBytes);
        int end = HeaderBytes + layout.RowBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(snapshot[end..], Crc32C.Of(snapshot[..end]));
    }

    /// <summary>Checks a snapshot and gives its row.</summary>
    /// <param name="snapshot">What <see cref="Seal"/> made.</param>
    /// <param name="layout">The layout the row is to be used with.</param>
    /// <param name="modelId">The model the row is to be used with.</param>
    /// <param name="modelName">The model's name, for messages.</param>
    /// <param name="steps">Steps the stream had made.</param>
    /// <exception cref="StateSnapshotException">The bytes are no snapshot, are damaged, or belong to another model.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> snapshot, StateLayout layout, ulong modelId, string modelName, out long steps)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (snapshot.Length < HeaderBytes + ChecksumBytes) throw new StateSnapshotException($"The saved state has {snapshot.Length} bytes; even an empty one has {HeaderBytes + ChecksumBytes}. It was cut short: use an intact copy.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(snapshot) != Magic) throw new StateSnapshotException("The bytes do not begin with 'SQST': this is no saved state.");
        int version = BinaryPrimitives.ReadInt32LittleEndian(snapshot[4..]);
        if (version != Version) throw new StateSnapshotException($"The saved state has format version {version}; this build reads version {Version}. Use the SeqStream version that wrote it.");
        ulong layoutId = BinaryPrimitives.ReadUInt64LittleEndian(snapshot[8..]);
        if (layoutId != layout.Id) throw new StateSnapshotException($"The saved state has layout {layoutId:x16}; model '{modelName}' has layout {layout.Id:x16}. A state fits only models with the same state fields.");
        int rowBytes = BinaryPrimitives.ReadInt32LittleEndian(snapshot[32..]);
        int expected = HeaderBytes + layout.RowBytes + ChecksumBytes;
        if (rowBytes != layout.RowBytes || snapshot.Length != expected) throw new StateSnapshotException($"The saved state has {snapshot.Length} bytes; model '{modelName}' needs {expected}. It was cut short or padded: use an intact copy.");
        int end = HeaderBytes + rowBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(snapshot[end..]) != Crc32C.Of(snapshot[..end])) throw new StateSnapshotException("The saved state's checksum does not fit its bytes: it was damaged. Use an intact copy.");
        ulong savedModelId = BinaryPrimitives.ReadUInt64LittleEndian(snapshot[16..]);
        if (savedModelId != modelId) throw new StateSnapshotException($"The saved state belongs to model {savedModelId:x16}; '{modelName}' is {modelId:x16}. Its weights differ, so its memory would mean something else.");
        steps = BinaryPrimitives.ReadInt64LittleEndian(snapshot[24..]);
        return snapshot.Slice(HeaderBytes, rowBytes);
    }
}
