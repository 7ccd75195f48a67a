using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Elementwise;

/// <summary>A function of one vector with two parameters, as a type, so that loops over it are compiled with it inlined.</summary>
internal interface IMap
{
    static abstract TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>;
}

internal struct ReluMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.AtLeast(x, TSimd.Set(0f));
}

internal struct TanhMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Tanh(x);
}

internal struct SigmoidMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Sigmoid(x);
}

internal struct AffineMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Fma(alpha, x, beta);
}

internal struct LeakyReluMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Select(TSimd.Less(x, TSimd.Set(0f)), TSimd.Mul(alpha, x), x);
}

internal struct ThresholdedReluMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Select(TSimd.LessOrEqual(x, alpha), TSimd.Set(0f), x);
}

internal struct ScaledTanhMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Mul(alpha, Activations<TV, TSimd>.Tanh(TSimd.Mul(beta, x)));
}

internal struct HardSigmoidMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Clamp(TSimd.Fma(alpha, x, beta), 0, 1);
}

internal struct EluMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Select(TSimd.Less(x, TSimd.Set(0f)), TSimd.Mul(alpha, Activations<TV, TSimd>.ExpMinusOne(x)), x);
}

internal struct SoftsignMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Div(x, TSimd.Add(TSimd.Set(1f), TSimd.Abs(x)));
}

internal struct SoftplusMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Softplus(x);
}

internal struct ExpMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Exp(x);
}

internal struct LogMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Log(x);
}

internal struct ErfMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Erf(x);
}

internal struct SqrtMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.Sqrt(x);
}

internal struct ClampMap : IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Of<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.AtMost(TSimd.AtLeast(x, alpha), beta);
}
