using System.Numerics;
using System.Runtime.Intrinsics;

namespace SeqStream.Operators.Elementwise;

internal readonly struct Add<T> : IVectorBinaryFunction<T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => a + b;

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => a + b;

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a + b;
}

internal readonly struct Subtract<T> : IVectorBinaryFunction<T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => a - b;

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => a - b;

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a - b;
}

internal readonly struct Multiply<T> : IVectorBinaryFunction<T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => a * b;

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => a * b;

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a * b;
}

internal readonly struct Divide<T> : IVectorBinaryFunction<T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T a, T b) => a / b;

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => a / b;

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a / b;
}

internal readonly struct Minimum<T> : IVectorBinaryFunction<T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => T.Min(a, b);

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => Vector128.Min(a, b);

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
}

internal readonly struct Maximum<T> : IVectorBinaryFunction<T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => T.Max(a, b);

    public static Vector128<T> Invoke(Vector128<T> a, Vector128<T> b) => Vector128.Max(a, b);

    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
}

internal readonly struct ParametricRelu<T> : IBinaryFunction<T, T> where T : INumber<T>
{
    public static T Invoke(T a, T b) => a < T.Zero ? a * b : a;
}

internal readonly struct IntegerDivide<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    // The smallest number divided by -1 would trap; its negation wraps.
    public static T Invoke(T a, T b) => T.IsZero(b) ? T.Zero : b + T.One == T.Zero && T.IsNegative(b) ? T.Zero - a : a / b;
}

internal readonly struct IntegerRemainder<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => T.IsZero(b) || (b + T.One == T.Zero && T.IsNegative(b)) ? T.Zero : a % b;
}

internal readonly struct IntegerModulus<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b)
    {
        T remainder = IntegerRemainder<T>.Invoke(a, b);
        return !T.IsZero(remainder) && T.IsNegative(remainder) != T.IsNegative(b) ? remainder + b : remainder;
    }
}

internal readonly struct Remainder<T> : IBinaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T a, T b) => a % b;
}

internal readonly struct Modulus<T> : IBinaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T a, T b)
    {
        T remainder = a % b;
        return !T.IsZero(remainder) && T.IsNegative(remainder) != T.IsNegative(b) ? remainder + b : remainder;
    }
}

internal readonly struct Power<T> : IBinaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T a, T b) => T.Pow(a, b);
}

internal readonly struct IntegerPower<T> : IBinaryFunction<T, T> where T : IBinaryInteger<T>
{
    public static T Invoke(T a, T b)
    {
        if (T.IsNegative(b)) return NegativePower(a, b);
        T result = T.One;
        for (T square = a; !T.IsZero(b); b >>= 1, square *= square)
        {
            if (T.IsOddInteger(b)) result *= square;
        }
        return result;
    }

    private static T NegativePower(T a, T b)
    {
        if (a == T.One) return T.One;
        bool minusOne = T.IsNegative(a) && T.IsZero(a + T.One);
        return !minusOne ? T.Zero : T.IsOddInteger(b) ? a : T.One;
    }
}
