using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Plan;

namespace SeqStream.Ort;

/// <summary>A named tensor in managed memory, row-major, for whole-sequence runs, oracles and tests. Nobody may change its bytes afterwards.</summary>
/// <param name="Name">The input it is for, or the output it came from.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Outermost first; none for a scalar.</param>
/// <param name="Bytes">The elements, little-endian.</param>
public sealed record OrtTensor(string Name, ElementType Type, ImmutableArray<long> Dimensions, byte[] Bytes)
{
    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in Dimensions) count = checked(count * dimension);
            return count;
        }
    }

    /// <summary>A tensor holding a copy of <paramref name="values"/>, whose type must be the one <paramref name="type"/> names.</summary>
    public static OrtTensor Of<T>(string name, ElementType type, ReadOnlySpan<long> dimensions, ReadOnlySpan<T> values) where T : unmanaged
        => new(name, type, [.. dimensions], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A float32 tensor holding a copy of <paramref name="values"/>.</summary>
    public static OrtTensor Float32(string name, ReadOnlySpan<long> dimensions, params ReadOnlySpan<float> values)
        => Of(name, ElementType.Float32, dimensions, values);

    /// <summary>An int64 tensor holding a copy of <paramref name="values"/>.</summary>
    public static OrtTensor Int64(string name, ReadOnlySpan<long> dimensions, params ReadOnlySpan<long> values)
        => Of(name, ElementType.Int64, dimensions, values);

    /// <summary>A tensor of zeros.</summary>
    public static OrtTensor Zeros(string name, ElementType type, ImmutableArray<long> dimensions)
    {
        OrtTensor empty = new(name, type, dimensions, []);
        return empty with { Bytes = new byte[checked(empty.ElementCount * type.ByteSize())] };
    }

    /// <summary>The elements, read as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> has another size than the element type.</exception>
    public unsafe ReadOnlySpan<T> Values<T>() where T : unmanaged
        => sizeof(T) == Type.ByteSize() ? MemoryMarshal.Cast<byte, T>(Bytes) : throw new InvalidOperationException($"Tensor {this} cannot be read as {typeof(T).Name}.");

    /// <summary><c>x float32 [1, 40]</c>.</summary>
    public override string ToString() => $"{Name} {Type.DisplayName()} [{string.Join(", ", Dimensions)}]";
}
