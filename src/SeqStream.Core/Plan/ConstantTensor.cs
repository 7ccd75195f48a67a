using System.Runtime.InteropServices;
using SeqStream.Weights;

namespace SeqStream.Plan;

/// <summary>An immutable tensor known when the plan is built: a weight, a shape, a folded value. Bytes are little-endian, row-major.</summary>
public sealed class ConstantTensor
{
    private readonly byte[] _bytes;

    /// <summary>Takes ownership of <paramref name="bytes"/>, which nobody may change afterwards.</summary>
    /// <exception cref="ArgumentException">The byte count does not fit type and shape.</exception>
    public ConstantTensor(ElementType type, TensorShape shape, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        long expected = (long)shape.ElementCount * type.ByteSize();
        if (bytes.Length != expected)
        {
            throw new ArgumentException($"A {type.DisplayName()} tensor of shape {shape} needs {expected} bytes, but {bytes.Length} were given.", nameof(bytes));
        }
        Type = type;
        Shape = shape;
        _bytes = bytes;
    }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>What the elements were before they were widened to float32; null if nothing is known of it.</summary>
    public StoredTensor? Stored { get; private init; }

    /// <summary>The elements' bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Copies <paramref name="values"/>, whose type must be the one <paramref name="type"/> names.</summary>
    public static ConstantTensor Of<T>(ElementType type, TensorShape shape, ReadOnlySpan<T> values) where T : unmanaged
        => new(type, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A float32 tensor holding a copy of <paramref name="values"/>.</summary>
    public static ConstantTensor Float32(TensorShape shape, params ReadOnlySpan<float> values) => Of(ElementType.Float32, shape, values);

    /// <summary>An int64 tensor holding a copy of <paramref name="values"/>.</summary>
    public static ConstantTensor Int64(TensorShape shape, params ReadOnlySpan<long> values) => Of(ElementType.Int64, shape, values);

    /// <summary>The same elements, not copied, under another shape.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public ConstantTensor WithShape(TensorShape shape) => shape == Shape ? this : new ConstantTensor(Type, shape, _bytes);

    /// <summary>The same elements, not copied, with what they were before they were widened.</summary>
    public ConstantTensor WithStored(StoredTensor stored) => new(Type, Shape, _bytes) { Stored = stored };

    /// <summary>The elements, read as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> has another size than the element type.</exception>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged
    {
        unsafe
        {
            if (sizeof(T) != Type.ByteSize()) throw new InvalidOperationException($"A {Type.DisplayName()} tensor cannot be read as {typeof(T).Name}.");
        }
        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    /// <summary>The elements of an int32 or int64 tensor, widened.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds neither int32 nor int64.</exception>
    public long[] ToInt64Array() => Type switch
    {
        ElementType.Int64 => Values<long>().ToArray(),
        ElementType.Int32 => Array.ConvertAll(Values<int>().ToArray(), static value => (long)value),
        _ => throw new InvalidOperationException($"Expected an int32 or int64 tensor, found {Type.DisplayName()} {Shape}."),
    };
}
