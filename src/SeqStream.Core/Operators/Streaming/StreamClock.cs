using System.Runtime.CompilerServices;
using SeqStream.Plan;

namespace SeqStream.Operators.Streaming;

/// <summary>What a stream knows of its own time: the steps it has made, and its length once that is known. Each lane of a batch has its own.</summary>
public sealed class StreamClock
{
    /// <summary>Name of the field with the steps made.</summary>
    public const string StepsName = "stream.steps";

    /// <summary>Name of the field with the stream's length in source frames.</summary>
    public const string LengthName = "stream.length";

    /// <summary>The length of a stream that goes on.</summary>
    public const long Unknown = -1;

    /// <summary>int64 []: steps the stream has made before this one.</summary>
    public StateField Steps { get; } = new(StepsName, ElementType.Int64, new TensorShape());

    /// <summary>int64 []: source frames of the whole stream; <see cref="Unknown"/> while it goes on.</summary>
    public StateField Length { get; } = new(LengthName, ElementType.Int64, new TensorShape(), ConstantTensor.Int64(new TensorShape(), Unknown));

    /// <summary>Frames of a value over the whole stream, as far as a lane knows: without end while its length is unknown.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe long End(byte* row, int lengthOffset, StreamLength length)
    {
        long source = *(long*)(row + lengthOffset);
        return source < 0 ? long.MaxValue : length.Of(source);
    }
}
