namespace SeqStream.Contracts;

/// <summary>What one read of a feed gave for one stream. Owned by whoever holds it; the payload goes back to its pool after the front end took it.</summary>
public struct Frame
{
    /// <summary>The stream.</summary>
    public StreamId Stream;

    /// <summary>Data or a control item.</summary>
    public FrameKind Kind;

    /// <summary>Counted place in the source: the line, row or record, from 1.</summary>
    public long Position;

    /// <summary>Measured time in seconds, NaN if the source gives none.</summary>
    public double Time;

    /// <summary>The values or text of a data frame, otherwise null.</summary>
    public FramePayload? Payload;
}
