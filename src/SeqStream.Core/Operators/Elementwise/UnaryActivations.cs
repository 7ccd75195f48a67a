using System.Numerics;

namespace SeqStream.Operators.Elementwise;

internal readonly struct Relu<T> : IUnaryFunction<T, T> where T : INumber<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Max(x, T.Zero);
}

internal readonly struct LeakyRelu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x < T.Zero ? alpha * x : x;
}

internal readonly struct ThresholdedRelu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x <= alpha ? T.Zero : x;
}

internal readonly struct Elu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x < T.Zero ? alpha * T.ExpM1(x) : x;
}

internal readonly struct Selu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => beta * Elu<T>.Invoke(x, alpha, beta);
}

internal readonly struct Celu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Max(x, T.Zero) + T.Min(alpha * T.ExpM1(x / alpha), T.Zero);
}

internal readonly struct Sigmoid<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.One / (T.One + T.Exp(-x));
}

internal readonly struct HardSigmoid<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => T.Max(T.Zero, T.Min(T.One, (alpha * x) + beta));
}

internal readonly struct HardSwish<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x * HardSigmoid<T>.Invoke(x, T.One / T.CreateTruncating(6), T.CreateTruncating(0.5));
}

internal readonly struct Swish<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x * Sigmoid<T>.Invoke(alpha * x, alpha, beta);
}

internal readonly struct Mish<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x * T.Tanh(Softplus<T>.Invoke(x, alpha, beta));
}

/// <summary>log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which neither overflows nor loses small results.</summary>
internal readonly struct Softplus<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta)
    {
        T u = T.Exp(-T.Abs(x));
        T sum = T.One + u;
        // log(1 + u) with the rounding error of 1 + u divided out.
        T logarithm = sum == T.One ? u : T.Log(sum) * (u / (sum - T.One));
        return T.Max(x, T.Zero) + logarithm;
    }
}

internal readonly struct Softsign<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta) => x / (T.One + T.Abs(x));
}

internal readonly struct Gelu<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta)
    {
        T half = T.CreateTruncating(0.5);
        return half * x * (T.One + ErrorFunction<T>.Invoke(x * T.Sqrt(half), alpha, beta));
    }
}

internal readonly struct GeluTanh<T> : IUnaryFunction<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Invoke(T x, T alpha, T beta)
    {
        T inner = T.CreateTruncating(0.79788456080286536) * (x + (T.CreateTruncating(0.044715) * x * x * x));
        return T.CreateTruncating(0.5) * x * (T.One + T.Tanh(inner));
    }
}

internal readonly struct Shrink<T> : IUnaryFunction<T, T> where T : INumber<T>
{
    public static T Invoke(T x, T alpha, T beta) => x < T.Zero - alpha ? x + beta : x > alpha ? x - beta : T.Zero;
}
