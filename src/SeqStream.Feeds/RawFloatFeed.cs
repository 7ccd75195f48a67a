using System.Runtime.InteropServices;
using SeqStream.Contracts;

namespace SeqStream.Feeds;

/// <summary>Rows of raw little-endian float32 numbers.</summary>
/// <param name="source">The source as people name it.</param>
/// <param name="input">The bytes; stays open.</param>
/// <param name="rowNumbers">Numbers of one row, at least 1.</param>
public sealed class RawFloatFeed(string source, Stream input, int rowNumbers) : RawRowFeed(source, input, rowNumbers, sizeof(float), "float32 numbers")
{
    [HotPath]
    private protected override void Add(ReadOnlySpan<byte> numbers, bool isInteger, FramePayload payload)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(numbers);
        if (!isInteger) payload.Add(values);
        else foreach (float value in values) payload.Add((long)value);
    }
}
