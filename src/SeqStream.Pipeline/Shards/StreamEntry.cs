namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard keeps of a stream even while it is quiet: 16 bytes beside its state row. All zeros means: never seen.</summary>
internal struct StreamEntry
{
    private const int DirtyBit = 1 << 30;
    private const int AwakeBit = 1 << 29;
    private const int FormerBit = 1 << 28;
    private const int ActiveBits = FormerBit - 1;

    public long Steps;
    private int _active;       // place and flags
    public int SlotPlusOne;    // 0 while the stream has no state

    /// <summary>0 while nothing waits and nothing is remembered but the state row.</summary>
    public int ActivePlusOne
    {
        readonly get => _active & ActiveBits;
        set => _active = (_active & ~ActiveBits) | value;
    }

    /// <summary>True if the stream changed since it was last handed to a checkpoint.</summary>
    public bool IsDirty
    {
        readonly get => (_active & DirtyBit) != 0;
        set => _active = value ? _active | DirtyBit : _active & ~DirtyBit;
    }

    /// <summary>True if memory here is the stream's newest; false if the store may have a record of it.</summary>
    public bool IsAwake
    {
        readonly get => (_active & AwakeBit) != 0;
        set => _active = value ? _active | AwakeBit : _active & ~AwakeBit;
    }

    /// <summary>True if the state is the old model's, after the model was changed.</summary>
    public bool IsFormer
    {
        readonly get => (_active & FormerBit) != 0;
        set => _active = value ? _active | FormerBit : _active & ~FormerBit;
    }

    public readonly bool HasState => SlotPlusOne != 0;

    public readonly int Slot => SlotPlusOne - 1;
}
