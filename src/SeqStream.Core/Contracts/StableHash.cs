namespace SeqStream.Contracts;

/// <summary>A hash of bytes that is the same in every process, machine and version: FNV-1a, 32 bit, with a final mix (MurmurHash3's).</summary>
public static class StableHash
{
    /// <summary>The hash of <paramref name="bytes"/>.</summary>
    [HotPath]
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte value in bytes) hash = (hash ^ value) * 16777619;
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
