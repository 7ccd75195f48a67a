using System.Numerics;
using System.Runtime.InteropServices;

namespace SeqStream.Mqtt.Session;

/// <summary>A 64-bit hash of a message that is the same in every process: eight bytes at a time, multiplied and rotated, with a final mix (MurmurHash3's).</summary>
internal static class ContentHash
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    [HotPath]
    public static ulong Of(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) => Mix(Add(Add(Prime, topic), payload));

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = (hash ^ (ulong)bytes.Length) * Prime;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) hash = BitOperations.RotateLeft((hash ^ (BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word))) * Prime, 29);
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..]) hash = BitOperations.RotateLeft((hash ^ value) * Prime, 29);
        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;
        hash ^= hash >> 33;
        hash *= 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
