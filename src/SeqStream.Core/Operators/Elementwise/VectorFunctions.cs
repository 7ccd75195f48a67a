using SeqStream.Kernels;

namespace SeqStream.Operators.Elementwise;

/// <summary>A function of float32 vectors of any width and of two parameters, as a type.</summary>
internal interface IVectorFunction
{
    static abstract TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>;
}

internal readonly struct VectorAbsolute : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Abs(x);
}

internal readonly struct VectorNegate : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Sub(TSimd.Set(-0f), x);
}

internal readonly struct VectorSquareRoot : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Sqrt(x);
}

internal readonly struct VectorReciprocal : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Div(TSimd.Set(1f), x);
}

internal readonly struct VectorRelu : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.AtLeast(x, TSimd.Set(0f));
}

internal readonly struct VectorLeakyRelu : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Select(TSimd.Less(x, TSimd.Set(0f)), TSimd.Mul(alpha, x), x);
}

internal readonly struct VectorExponential : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Exp(x);
}

internal readonly struct VectorErf : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Erf(x);
}

internal readonly struct VectorTanh : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Tanh(x);
}

internal readonly struct VectorSigmoid : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Sigmoid(x);
}

internal readonly struct VectorSoftplus : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Softplus(x);
}

internal readonly struct VectorSoftsign : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Div(x, TSimd.Add(TSimd.Set(1f), TSimd.Abs(x)));
}

internal readonly struct VectorSwish : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Mul(x, Activations<TV, TSimd>.Sigmoid(TSimd.Mul(alpha, x)));
}

internal readonly struct VectorMish : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Mul(x, Activations<TV, TSimd>.Tanh(Activations<TV, TSimd>.Softplus(x)));
}

internal readonly struct VectorElu : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Select(TSimd.Less(x, TSimd.Set(0f)), TSimd.Mul(alpha, Activations<TV, TSimd>.ExpMinusOne(x)), x);
}

internal readonly struct VectorSelu : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Mul(beta, VectorElu.Invoke<TV, TSimd>(x, alpha, beta));
}

internal readonly struct VectorHardSigmoid : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => Activations<TV, TSimd>.Clamp(TSimd.Add(TSimd.Mul(alpha, x), beta), 0f, 1f);
}

internal readonly struct VectorHardSwish : IVectorFunction
{
    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
        => TSimd.Mul(x, VectorHardSigmoid.Invoke<TV, TSimd>(x, TSimd.Set(1f / 6f), TSimd.Set(0.5f)));
}

internal readonly struct VectorGelu : IVectorFunction
{
    private const float RootOfHalf = 0.70710678f;

    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
    {
        TV erf = Activations<TV, TSimd>.Erf(TSimd.Mul(x, TSimd.Set(RootOfHalf)));
        return TSimd.Mul(TSimd.Mul(TSimd.Set(0.5f), x), TSimd.Add(TSimd.Set(1f), erf));
    }
}

internal readonly struct VectorGeluTanh : IVectorFunction
{
    private const float RootOfTwoByPi = 0.79788456f;
    private const float Cubic = 0.044715f;

    public static TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta) where TV : unmanaged where TSimd : struct, ISimd<TV>
    {
        TV cube = TSimd.Mul(TSimd.Mul(x, x), TSimd.Mul(x, TSimd.Set(Cubic)));
        TV tanh = Activations<TV, TSimd>.Tanh(TSimd.Mul(TSimd.Set(RootOfTwoByPi), TSimd.Add(x, cube)));
        return TSimd.Mul(TSimd.Mul(TSimd.Set(0.5f), x), TSimd.Add(TSimd.Set(1f), tanh));
    }
}
