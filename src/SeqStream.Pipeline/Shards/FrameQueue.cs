namespace SeqStream.Pipeline.Shards;

/// <summary>The ends of one stream's queue: node + 1, so that a zeroed queue is empty.</summary>
internal struct FrameQueue
{
    public int Head;
    public int Tail;

    public readonly bool IsEmpty => Head == 0;
}
