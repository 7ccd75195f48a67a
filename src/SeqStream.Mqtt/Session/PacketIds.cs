namespace SeqStream.Mqtt.Session;

/// <summary>Packet identifiers in use, 1 to 65535; one that was freed is used again as late as possible. One thread at a time.</summary>
internal sealed class PacketIds
{
    private readonly ulong[] _used = new ulong[1024]; // [65536] bits; 0 is never given
    private ushort _last;

    public PacketIds() => _used[0] = 1;

    /// <summary>Identifiers in use.</summary>
    public int Count { get; private set; }

    /// <summary>A free identifier; 0 if all are in use.</summary>
    public ushort Rent()
    {
        if (Count == ushort.MaxValue) return 0;
        do _last++;
        while (IsUsed(_last));
        Take(_last);
        return _last;
    }

    /// <summary>Marks an identifier of a former process as used.</summary>
    public void Take(ushort id)
    {
        if (IsUsed(id)) return;
        _used[id >> 6] |= 1ul << (id & 63);
        Count++;
    }

    public void Return(ushort id)
    {
        if (id == 0 || !IsUsed(id)) return;
        _used[id >> 6] &= ~(1ul << (id & 63));
        Count--;
    }

    private bool IsUsed(ushort id) => (_used[id >> 6] >> (id & 63) & 1) != 0;
}
