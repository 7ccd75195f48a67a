using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Feeds.Writing;

namespace SeqStream.Feeds;

/// <summary>Rows of raw little-endian float32 numbers: the outputs of a step one after the other. Labels and texts have no such form and are left out.</summary>
public sealed class RawFloatSink : RecordSink
{
    /// <summary>Creates the sink.</summary>
    /// <param name="output">The bytes; stays open.</param>
    public RawFloatSink(Stream output) : base(output)
    {
    }

    [HotPath]
    private protected override void Append(Emission emission, ReadOnlySpan<byte> stream, RecordBuffer buffer)
    {
        for (int i = 0; i < emission.OutputCount; i++)
        {
            foreach (double value in emission.Values(emission.Output(i)))
            {
                float number = (float)value;
                buffer.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in number)));
            }
        }
    }
}
