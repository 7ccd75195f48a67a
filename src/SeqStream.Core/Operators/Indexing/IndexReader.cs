using System.Runtime.CompilerServices;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>Reads int32 or int64 indices. Negative ones count from the end; what is still outside [0, size) becomes the nearest valid index.</summary>
internal readonly unsafe struct IndexReader
{
    private readonly WireSlot _slot;
    private readonly bool _isWide;

    public IndexReader(Wire indices, PlanSlots slots)
    {
        _slot = slots.Of(indices);
        _isWide = indices.Type == ElementType.Int64;
    }

    public static bool Accepts(Wire wire) => wire.Type is ElementType.Int32 or ElementType.Int64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(in StepContext context, int lane) => context.At(_slot, lane);

    /// <summary>Index number <paramref name="i"/> of the tensor at <paramref name="start"/>, in [0, size); size is at least 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Read(byte* start, nint i, int size)
    {
        long index = _isWide ? ((long*)start)[i] : ((int*)start)[i];
        if (index < 0) index += size;
        return (nint)Math.Clamp(index, 0, size - 1);
    }
}
