using System.Buffers.Binary;
using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// All that a stream remembers, as bytes that outlive the process: the model's state row, what front end and decoder remember, and how far the stream got.
/// All numbers are little-endian.
/// </summary>
/// <remarks>
/// <code>
/// offset  bytes  field
/// 0       4      magic "SQSR"
/// 4       4      format version, 1
/// 8       8      layout id of the state row
/// 16      8      model id
/// 24      8      steps made so far
/// 32      8      place in the source up to which frames are contained
/// 40      4 + n  the stream's name in UTF-8
///         4 + n  the state row
///         4 + n  what the front end wrote
///         4 + n  what the decoder wrote
///         4 + n  what the shard wrote: whether the stream is open, the frames of its place, its phase, notes of frames not yet answered, its producer's counter
/// end     4      CRC-32C of everything before
/// </code>
/// </remarks>
public readonly ref struct StreamRecord
{
    private const int Magic = 0x52535153;
    private const int Version = 1;
    private const int ChecksumBytes = 4;

    /// <summary>Steps made so far.</summary>
    public long Steps { get; private init; }

    /// <summary>Place in the source up to which the stream's frames are contained.</summary>
    public long Position { get; private init; }

    /// <summary>The model's state row.</summary>
    public ReadOnlySpan<byte> Row { get; private init; }

    /// <summary>What the front end wrote; empty if it remembered nothing.</summary>
    public ReadOnlySpan<byte> FrontEnd { get; private init; }

    /// <summary>What the decoder wrote; empty if it remembered nothing.</summary>
    public ReadOnlySpan<byte> Decoder { get; private init; }

    /// <summary>What the shard wrote.</summary>
    public ReadOnlySpan<byte> Shard { get; private init; }

    /// <summary>Writes a record up to the state row; the caller fills <paramref name="row"/>, writes front end, decoder and shard, each as bytes with their count, and calls <see cref="Seal"/>.</summary>
    public static void Begin(StateWriter writer, StepSignature signature, ReadOnlySpan<byte> name, long steps, long position, out Span<byte> row)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(signature);
        writer.Clear();
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((long)signature.Layout.Id);
        writer.Write((long)signature.ModelId);
        writer.Write(steps);
        writer.Write(position);
        writer.Write(name);
        row = writer.Reserve(signature.Layout.RowBytes);
    }

    /// <summary>Writes the checksum; the record is complete.</summary>
    public static void Seal(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write((int)Crc32C.Of(writer.Written));
    }

    /// <summary>Checks a record and gives its parts.</summary>
    /// <param name="bytes">What <see cref="Begin"/> to <see cref="Seal"/> wrote.</param>
    /// <param name="signature">The model it is to be used with.</param>
    /// <param name="name">The stream it is to be used for.</param>
    /// <exception cref="StateSnapshotException">The bytes are no record, are damaged, or belong to another model or stream.</exception>
    public static StreamRecord Open(ReadOnlySpan<byte> bytes, StepSignature signature, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(signature);
        StateReader reader = new(Checked(bytes));
        _ = reader.ReadInt();
        _ = reader.ReadInt();
        ulong layout = (ulong)reader.ReadLong(), model = (ulong)reader.ReadLong();
        if (layout != signature.Layout.Id) throw new StateSnapshotException($"The stored stream has state layout {layout:x16}; model '{signature.ModelName}' has {signature.Layout.Id:x16}. A state fits only models with the same state fields.");
        if (model != signature.ModelId) throw new StateSnapshotException($"The stored stream belongs to model {model:x16}; '{signature.ModelName}' is {signature.ModelId:x16}. Its weights differ, so its memory would mean something else.");
        long steps = reader.ReadCount(), position = reader.ReadLong();
        if (!reader.ReadBytes().SequenceEqual(name)) throw new StateSnapshotException("The stored stream has another name than the place it was found in: records were exchanged. Use an intact copy.");
        ReadOnlySpan<byte> row = reader.ReadBytes();
        if (row.Length != signature.Layout.RowBytes) throw new StateSnapshotException($"The stored stream has a state of {row.Length} bytes; model '{signature.ModelName}' needs {signature.Layout.RowBytes}.");
        return new StreamRecord { Steps = steps, Position = position, Row = row, FrontEnd = reader.ReadBytes(), Decoder = reader.ReadBytes(), Shard = reader.ReadBytes() };
    }

    /// <summary>Reads what a record says of itself, whatever model it belongs to.</summary>
    /// <exception cref="StateSnapshotException">The bytes are no record, or are damaged.</exception>
    public static StreamRecordSummary Summarize(ReadOnlySpan<byte> bytes)
    {
        StateReader reader = new(Checked(bytes));
        _ = reader.ReadInt();
        _ = reader.ReadInt();
        ulong layout = (ulong)reader.ReadLong(), model = (ulong)reader.ReadLong();
        long steps = reader.ReadCount(), position = reader.ReadLong();
        string name = Encoding.UTF8.GetString(reader.ReadBytes());
        return new StreamRecordSummary(name, layout, model, steps, position, reader.ReadBytes().Length, bytes.Length);
    }

    /// <summary>True if the stream of a record has work of its own to go on with.</summary>
    /// <exception cref="StateSnapshotException">The bytes are no record, or are damaged.</exception>
    public static bool IsBusy(ReadOnlySpan<byte> bytes)
    {
        const int header = 40;
        StateReader reader = new(Checked(bytes)[header..]);
        for (int part = 0; part < 4; part++) _ = reader.ReadBytes();
        StateReader shard = new(reader.ReadBytes());
        bool isOpen = shard.ReadBool();
        _ = shard.ReadInt();
        return isOpen && shard.ReadInt() != 0;
    }

    /// <summary>The bytes before the checksum of a record that is whole.</summary>
    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> bytes)
    {
        const int least = 12;
        if (bytes.Length < least) throw new StateSnapshotException($"The stored stream has {bytes.Length} bytes: it was cut short. Use an intact copy.");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes) != Magic) throw new StateSnapshotException("The bytes do not begin with 'SQSR': this is no stored stream.");
        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (version != Version) throw new StateSnapshotException($"The stored stream has format version {version}; this build reads version {Version}. Use the SeqStream version that wrote it.");
        int end = bytes.Length - ChecksumBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[end..]) != Crc32C.Of(bytes[..end])) throw new StateSnapshotException("The stored stream's checksum does not fit its bytes: it was damaged. Use an intact copy.");
        return bytes[..end];
    }
}
