using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Conformance;

/// <summary>Elements of any type as doubles, compared as upstream does.</summary>
internal static class TensorNumbers
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-5;

    public static double[] Of(ConstantTensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => Convert(tensor.Values<float>(), static value => value),
        ElementType.Float64 => tensor.Values<double>().ToArray(),
        ElementType.Float16 => Convert(tensor.Values<Half>(), static value => (double)value),
        ElementType.Int8 => Convert(tensor.Values<sbyte>(), static value => value),
        ElementType.UInt8 or ElementType.Bool => Convert(tensor.Values<byte>(), static value => value),
        ElementType.Int16 => Convert(tensor.Values<short>(), static value => value),
        ElementType.UInt16 => Convert(tensor.Values<ushort>(), static value => value),
        ElementType.Int32 => Convert(tensor.Values<int>(), static value => value),
        ElementType.UInt32 => Convert(tensor.Values<uint>(), static value => value),
        ElementType.Int64 => Convert(tensor.Values<long>(), static value => value),
        ElementType.UInt64 => Convert(tensor.Values<ulong>(), static value => value),
        _ => throw new ArgumentException($"A {tensor.Type.DisplayName()} tensor holds no numbers."),
    };

    public static bool AreClose(double found, double expected)
        => found.Equals(expected) || Math.Abs(found - expected) <= Absolute + (Relative * Math.Abs(expected));

    private static double[] Convert<T>(ReadOnlySpan<T> values, Func<T, double> convert) where T : unmanaged
    {
        double[] numbers = new double[values.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = convert(values[i]);
        return numbers;
    }
}
