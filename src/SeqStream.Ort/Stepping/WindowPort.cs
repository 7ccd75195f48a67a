using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Ort.Stepping;

/// <summary>A value of a whole sequence: [outer, time, inner] elements, or without a time axis as it is.</summary>
/// <param name="name">The port.</param>
/// <param name="type">Its elements.</param>
/// <param name="dimensions">Its dimensions for one frame.</param>
/// <param name="axis">The time axis; -1 for none.</param>
internal sealed class WindowPort(string name, ElementType type, ImmutableArray<int> dimensions, int axis)
{
    public string Name => name;

    public ElementType Type => type;

    /// <summary>Dimensions for one frame.</summary>
    public TensorShape Shape { get; } = new([.. dimensions]);

    public int Axis => axis;

    /// <summary>Rows that each hold all frames one after the other.</summary>
    public int Rows { get; } = axis < 0 ? 1 : dimensions.Take(axis).Aggregate(1, static (product, size) => product * size);

    /// <summary>Bytes of one row's frame; without a time axis of everything.</summary>
    public int FrameBytes { get; } = type.ByteSize() * (axis < 0 ? dimensions.Aggregate(1, static (product, size) => product * size) : dimensions.Skip(axis + 1).Aggregate(1, static (product, size) => product * size));

    /// <summary>Dimensions for some frames.</summary>
    public ImmutableArray<long> DimensionsOf(int frames) => [.. dimensions.Select((size, at) => at == axis ? (long)frames : size)];
}
