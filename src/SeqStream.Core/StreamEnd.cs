using System.Buffers.Binary;
using SeqStream.Contracts;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream;

/// <summary>
/// Tells a stream how long it is, so that the steps that follow give the edge of a whole sequence: pads and windows then see the pad value after the last frame,
/// whatever is fed. Call it before the first step that has a frame after the end, then feed frames of any value until all outputs have come.
/// </summary>
public static class StreamEnd
{
    /// <summary>True if the model's outputs depend on where the stream ends.</summary>
    public static bool IsNeeded(StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return Find(signature.Layout) is not null;
    }

    /// <summary>Sets the length of a stream. It does nothing for a model that does not need it.</summary>
    /// <param name="executor">The stream's executor; its thread only.</param>
    /// <param name="slot">The stream.</param>
    /// <param name="sourceFrames">Frames of the whole stream, those already fed included.</param>
    public static void Announce(IStepExecutor executor, int slot, long sourceFrames)
    {
        ArgumentNullException.ThrowIfNull(executor);
        Announce(executor, slot, sourceFrames, new byte[executor.Signature.Layout.RowBytes]);
    }

    /// <summary>The same without allocating.</summary>
    /// <param name="executor">The stream's executor; its thread only.</param>
    /// <param name="slot">The stream.</param>
    /// <param name="sourceFrames">Frames of the whole stream.</param>
    /// <param name="row">Room for a state row; overwritten.</param>
    internal static void Announce(IStepExecutor executor, int slot, long sourceFrames, Span<byte> row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sourceFrames);
        StateLayout layout = executor.Signature.Layout;
        if (Find(layout) is not { } field) return;
        executor.Save(slot, row);
        BinaryPrimitives.WriteInt64LittleEndian(row[layout.OffsetOf(field)..], sourceFrames);
        executor.Restore(slot, row);
    }

    private static StateField? Find(StateLayout layout)
    {
        foreach (StateField field in layout.Fields)
        {
            if (field is { Name: StreamClock.LengthName, Type: ElementType.Int64 }) return field;
        }
        return null;
    }
}
