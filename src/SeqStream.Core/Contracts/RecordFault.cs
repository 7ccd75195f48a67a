namespace SeqStream.Contracts;

/// <summary>A record that was refused whole. The stream's state is as if the record had never come.</summary>
/// <param name="Source">The feed, as people name it: <c>stdin</c>, a path, a URI.</param>
/// <param name="Position">Counted place in the source: line, row or record, from 1.</param>
/// <param name="Problem">What was found, what was expected, what to do.</param>
public readonly record struct RecordFault(string Source, long Position, string Problem)
{
    /// <summary>Bytes of a record that are kept for a report.</summary>
    public const int MostRecordBytes = 1 << 16;

    /// <summary>The record as it came, its beginning if it is long; empty where its bytes are gone.</summary>
    public ReadOnlyMemory<byte> Record { get; init; }

    /// <summary>What was read of the record, where its bytes are gone; otherwise null. Valid during the report only.</summary>
    public FramePayload? Payload { get; init; }

    /// <summary>The stream's name, where it is known; otherwise null.</summary>
    public string? Stream { get; init; }

    /// <summary>A copy of a record for <see cref="Record"/>: no more than shows that it is longer than <see cref="MostRecordBytes"/>.</summary>
    public static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> record) => record[..Math.Min(record.Length, MostRecordBytes + 1)].ToArray();
}
