using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Tensors of one element, of any type.</summary>
internal static class Scalars
{
    /// <summary>A scalar; integers saturate, bool is true for anything but 0.</summary>
    public static ConstantTensor Of(ElementType type, double value) => type switch
    {
        ElementType.Float32 => One(type, (float)value),
        ElementType.Float64 => One(type, value),
        ElementType.Float16 => One(type, (Half)value),
        ElementType.Int8 => One(type, sbyte.CreateSaturating(value)),
        ElementType.UInt8 => One(type, byte.CreateSaturating(value)),
        ElementType.Int16 => One(type, short.CreateSaturating(value)),
        ElementType.UInt16 => One(type, ushort.CreateSaturating(value)),
        ElementType.Int32 => One(type, int.CreateSaturating(value)),
        ElementType.UInt32 => One(type, uint.CreateSaturating(value)),
        ElementType.Int64 => One(type, long.CreateSaturating(value)),
        ElementType.UInt64 => One(type, ulong.CreateSaturating(value)),
        ElementType.Bool => One(type, value != 0 ? (byte)1 : (byte)0),
        _ => throw new ArgumentException($"There is no scalar of type {type.DisplayName()}.", nameof(type)),
    };

    /// <summary>The first element of a tensor as a number.</summary>
    public static double First(ConstantTensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => tensor.Values<float>()[0],
        ElementType.Float64 => tensor.Values<double>()[0],
        ElementType.Float16 => (double)tensor.Values<Half>()[0],
        ElementType.Int8 => tensor.Values<sbyte>()[0],
        ElementType.UInt8 or ElementType.Bool => tensor.Values<byte>()[0],
        ElementType.Int16 => tensor.Values<short>()[0],
        ElementType.UInt16 => tensor.Values<ushort>()[0],
        ElementType.Int32 => tensor.Values<int>()[0],
        ElementType.UInt32 => tensor.Values<uint>()[0],
        ElementType.Int64 => tensor.Values<long>()[0],
        ElementType.UInt64 => tensor.Values<ulong>()[0],
        _ => throw new ArgumentException($"A {tensor.Type.DisplayName()} tensor holds no numbers.", nameof(tensor)),
    };

    private static ConstantTensor One<T>(ElementType type, T value) where T : unmanaged => ConstantTensor.Of(type, new TensorShape(), [value]);
}
