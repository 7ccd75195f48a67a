using System.Numerics;

namespace SeqStream.Operators.Elementwise;

/// <summary>Boolean elements are bytes, 0 or 1; any other value counts as 1.</summary>
internal static class Truth
{
    public static byte Of(bool value) => value ? (byte)1 : (byte)0;
}

internal readonly struct Equal<T> : IBinaryFunction<T, byte> where T : INumber<T>
{
    public static byte Invoke(T a, T b) => Truth.Of(a == b);
}

internal readonly struct Less<T> : IBinaryFunction<T, byte> where T : INumber<T>
{
    public static byte Invoke(T a, T b) => Truth.Of(a < b);
}

internal readonly struct LessOrEqual<T> : IBinaryFunction<T, byte> where T : INumber<T>
{
    public static byte Invoke(T a, T b) => Truth.Of(a <= b);
}

internal readonly struct Greater<T> : IBinaryFunction<T, byte> where T : INumber<T>
{
    public static byte Invoke(T a, T b) => Truth.Of(a > b);
}

internal readonly struct GreaterOrEqual<T> : IBinaryFunction<T, byte> where T : INumber<T>
{
    public static byte Invoke(T a, T b) => Truth.Of(a >= b);
}

internal readonly struct LogicalAnd : IBinaryFunction<byte, byte>
{
    public static byte Invoke(byte a, byte b) => Truth.Of(a != 0 && b != 0);
}

internal readonly struct LogicalOr : IBinaryFunction<byte, byte>
{
    public static byte Invoke(byte a, byte b) => Truth.Of((a | b) != 0);
}

internal readonly struct LogicalXor : IBinaryFunction<byte, byte>
{
    public static byte Invoke(byte a, byte b) => Truth.Of((a != 0) != (b != 0));
}

internal readonly struct BitsAnd<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => a & b;
}

internal readonly struct BitsOr<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => a | b;
}

internal readonly struct BitsXor<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => a ^ b;
}
