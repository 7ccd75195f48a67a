using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Plan;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// A tensor of a step with every dimension known but the number of lanes. In a batch, element (o, lane, i) lies at
/// (o * lanes + lane) * inner + i, where o counts the dimensions before the batch axis and i the bytes after it; a lane alone is (o, i).
/// </summary>
internal sealed unsafe class OrtLanePort
{
    public OrtLanePort(string name, ElementType type, ImmutableArray<long> laneDimensions, int batchAxis)
    {
        Name = name;
        Type = type;
        LaneDimensions = laneDimensions;
        BatchAxis = batchAxis;
        Outer = (int)Product(laneDimensions.AsSpan()[..Math.Max(0, batchAxis)]);
        LaneBytes = checked((int)Product(laneDimensions.AsSpan()) * type.ByteSize());
        InnerBytes = Outer == 0 ? 0 : LaneBytes / Outer;
    }

    public string Name { get; }

    public ElementType Type { get; }

    /// <summary>Dimensions of one lane; 1 at the batch axis.</summary>
    public ImmutableArray<long> LaneDimensions { get; }

    /// <summary>The axis that counts lanes; -1 if all lanes share the tensor.</summary>
    public int BatchAxis { get; }

    public bool HasBatch => BatchAxis >= 0;

    public int LaneBytes { get; }

    private int Outer { get; }

    private int InnerBytes { get; }

    public TensorShape LaneShape => new([.. LaneDimensions.Select(static dimension => checked((int)dimension))]);

    public ImmutableArray<long> DimensionsFor(int lanes) => HasBatch ? LaneDimensions.SetItem(BatchAxis, lanes) : LaneDimensions;

    public nint BytesFor(int lanes) => HasBatch ? (nint)LaneBytes * lanes : LaneBytes;

    /// <summary>Copies one lane's bytes to its place in a batch.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Gather(byte* lane, byte* batch, int index, int lanes)
    {
        nint inner = InnerBytes, stride = inner * (HasBatch ? lanes : 1);
        byte* target = batch + (HasBatch ? index * inner : 0);
        for (int o = 0; o < Outer; o++) Unsafe.CopyBlockUnaligned(target + o * stride, lane + o * inner, (uint)inner);
    }

    /// <summary>Copies one lane's bytes out of a batch.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scatter(byte* batch, byte* lane, int index, int lanes)
    {
        nint inner = InnerBytes, stride = inner * (HasBatch ? lanes : 1);
        byte* source = batch + (HasBatch ? index * inner : 0);
        for (int o = 0; o < Outer; o++) Unsafe.CopyBlockUnaligned(lane + o * inner, source + o * stride, (uint)inner);
    }

    public override string ToString() => $"{Name} {Type.DisplayName()} [{string.Join(", ", LaneDimensions)}]";

    private static long Product(ReadOnlySpan<long> dimensions)
    {
        long product = 1;
        foreach (long dimension in dimensions) product = checked(product * dimension);
        return product;
    }
}
