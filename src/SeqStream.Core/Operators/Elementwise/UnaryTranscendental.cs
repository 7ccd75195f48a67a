using System.Numerics;

namespace SeqStream.Operators.Elementwise;

internal readonly struct Exponential<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Exp(x);
}

internal readonly struct Logarithm<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Log(x);
}

internal readonly struct Sine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Sin(x);
}

internal readonly struct Cosine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Cos(x);
}

internal readonly struct Tangent<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Tan(x);
}

internal readonly struct ArcSine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Asin(x);
}

internal readonly struct ArcCosine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Acos(x);
}

internal readonly struct ArcTangent<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Atan(x);
}

internal readonly struct HyperbolicSine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Sinh(x);
}

internal readonly struct HyperbolicCosine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Cosh(x);
}

internal readonly struct HyperbolicTangent<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Tanh(x);
}

internal readonly struct AreaSine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Asinh(x);
}

internal readonly struct AreaCosine<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Acosh(x);
}

internal readonly struct AreaTangent<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Atanh(x);
}

/// <summary>
/// Below 3, erf x = 2 / sqrt(pi) exp(-x^2) sum over n of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)), whose terms are all positive; from 3 on,
/// erfc x = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))). Both converge to the last bits of a double.
/// </summary>
internal readonly struct ErrorFunction<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    private const int FractionDepth = 40;
    private const double Border = 3;

    public static T Invoke(T x, T alpha, T beta)
    {
        double value = double.CreateTruncating(x);
        double magnitude = Math.Abs(value);
        if (double.IsNaN(value)) return x;
        double result = magnitude < Border ? Series(magnitude) : magnitude > 6 ? 1 : 1 - Fraction(magnitude);
        return T.CreateTruncating(Math.CopySign(result, value));
    }

    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int odd = 3; term > sum * 1e-17; odd += 2)
        {
            term *= 2 * x * x / odd;
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double Fraction(double x)
    {
        double fraction = x;
        for (int k = FractionDepth; k >= 1; k--) fraction = x + (k / 2.0 / fraction);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
