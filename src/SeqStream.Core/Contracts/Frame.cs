namespace SeqStream.Contracts;

/// <summary>What one read of a feed gave for one stream. Owned by whoever holds it; the payload goes back to its pool after the front end took it.</summary>
public struct Frame
{
    /// <summary>The <see cref="Receipt"/> of a frame whose message goes on.</summary>
    public const long Unfinished = -1;

    private long _seqPlusOne;

    /// <summary>The stream.</summary>
    public StreamId Stream;

    /// <summary>Data or a control item.</summary>
    public FrameKind Kind;

    /// <summary>Counted place in the source: the line, row or record, from 1.</summary>
    public long Position;

    /// <summary>Measured time in seconds, NaN if the source gives none.</summary>
    public double Time;

    /// <summary>The producer's counter, which grows by one with every data frame of a stream; negative, as it is unless set, if there is none.</summary>
    public long Seq
    {
        readonly get => _seqPlusOne - 1;
        set => _seqPlusOne = value + 1;
    }

    /// <summary>
    /// What the feed wants back when the frame need not come again; 0 if nothing. <see cref="Unfinished"/> if the message that the frame belongs to goes on with the next frame of its stream,
    /// which is acknowledged with the last one: what is stored must contain all of them or none. See <see cref="IReceiptFeed"/>.
    /// </summary>
    public long Receipt;

    /// <summary>The values or text of a data frame, otherwise null.</summary>
    public FramePayload? Payload;
}
