using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard knows about one of its streams. All zeros means: never seen.</summary>
internal struct StreamEntry
{
    public IFrontEnd? FrontEnd;  // null while idle
    public IDecoder? Decoder;    // null while idle
    public long Steps;
    public FrameQueue Frames;
    public int SlotPlusOne;      // 0 while the stream has no state
    public StreamPhase Phase;

    public readonly bool HasState => SlotPlusOne != 0;

    public readonly int Slot => SlotPlusOne - 1;
}
