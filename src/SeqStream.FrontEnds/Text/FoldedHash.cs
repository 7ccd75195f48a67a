using System.Text;

namespace SeqStream.FrontEnds.Text;

/// <summary>FNV-1a, 32 bit, over a seed byte and UTF-8 bytes, the high half folded into the low one at the end: <c>h ^ (h >> 16)</c>.</summary>
internal static class FoldedHash
{
    private const uint Prime = 16777619;

    public static uint Start(byte seed) => (2166136261 ^ seed) * Prime;

    public static uint Add(uint hash, Rune rune)
    {
        if (rune.IsAscii) return (hash ^ (uint)rune.Value) * Prime;
        Span<byte> utf8 = stackalloc byte[4];
        int count = rune.EncodeToUtf8(utf8);
        for (int i = 0; i < count; i++) hash = (hash ^ utf8[i]) * Prime;
        return hash;
    }

    public static uint Finish(uint hash) => hash ^ (hash >> 16);
}
