using System.Numerics;

namespace SeqStream.Operators.Elementwise;

internal readonly struct Absolute<T> : IUnaryFunction<T, T> where T : INumber<T>
{
    // T.Abs traps on the smallest integer; a float's sign bit must go even from -0 and NaN.
    public static T Invoke(T x, T alpha, T beta) => T.IsNegative(x) ? T.Zero - x : x;
}

internal readonly struct Negate<T> : IUnaryFunction<T, T> where T : INumber<T>
{
    public static T Invoke(T x, T alpha, T beta) => -x;
}

internal readonly struct Signum<T> : IUnaryFunction<T, T> where T : INumber<T>
{
    public static T Invoke(T x, T alpha, T beta) => x > T.Zero ? T.One : x < T.Zero ? T.Zero - T.One : x;
}

internal readonly struct Not : IUnaryFunction<byte, byte>
{
    public static byte Invoke(byte x, byte alpha, byte beta) => Truth.Of(x == 0);
}

internal readonly struct BitsNot<T> : IUnaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T x, T alpha, T beta) => ~x;
}

internal readonly struct IsNotANumber<T> : IUnaryFunction<T, byte> where T : IFloatingPointIeee754<T>
{
    public static byte Invoke(T x, T alpha, T beta) => Truth.Of(T.IsNaN(x));
}

internal readonly struct IsInfinite<T> : IUnaryFunction<T, byte> where T : IFloatingPointIeee754<T>
{
    public static byte Invoke(T x, T alpha, T beta)
        => Truth.Of((alpha != T.Zero && T.IsPositiveInfinity(x)) || (beta != T.Zero && T.IsNegativeInfinity(x)));
}

internal readonly struct Floor<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Floor(x);
}

internal readonly struct Ceiling<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Ceiling(x);
}

internal readonly struct RoundHalfToEven<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Round(x, MidpointRounding.ToEven);
}

internal readonly struct SquareRoot<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Sqrt(x);
}

internal readonly struct Reciprocal<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.One / x;
}
