namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard keeps of a stream where streams are stored: 32 bytes.</summary>
internal struct StreamTrack
{
    /// <summary>How far into the source the stream has got.</summary>
    public SourcePlace Place;

    /// <summary>Timestamp of the shard's clock when a frame was taken last.</summary>
    public long Seen;

    /// <summary>Number of the shard's checkpoint that holds the stream's newest record.</summary>
    public long Checkpoint;
}
