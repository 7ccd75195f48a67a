namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard keeps of a stream even while it is quiet: 16 bytes beside its state row. All zeros means: never seen.</summary>
internal struct StreamEntry
{
    public long Steps;
    public int ActivePlusOne;  // 0 while nothing waits and nothing is remembered but the state row
    public int SlotPlusOne;    // 0 while the stream has no state

    public readonly bool HasState => SlotPlusOne != 0;

    public readonly int Slot => SlotPlusOne - 1;
}
