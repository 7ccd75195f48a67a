using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>A 16-bit form, of which a 32-bit word holds two elements: those of an even and the next odd term of a sum.</summary>
internal interface IPairFormat
{
    /// <summary>What elements are too small by, in two factors: activations are multiplied by the one, sums by the other. Powers of two, so nothing is rounded.</summary>
    static abstract float ActivationScale { get; }

    /// <summary>See <see cref="ActivationScale"/>.</summary>
    static abstract float SumScale { get; }

    /// <summary>The even terms' elements, over the product of the two scales.</summary>
    static abstract TV Low<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>;

    /// <summary>The odd terms' elements, over the product of the two scales.</summary>
    static abstract TV High<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>;
}

/// <summary>bfloat16: the upper half of a float32.</summary>
internal readonly struct BFloat16Pairs : IPairFormat
{
    public static float ActivationScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    public static float SumScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Low<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.BitsUp(word, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV High<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.BitsIn(word, unchecked((int)0xffff0000));
}

/// <summary>
/// Half precision. Sign, exponent and fraction go to their places in a float32 whose exponent has another bias: the value is 2^-112 of the element's, and
/// denormal elements become denormal floats, exactly. Activations beyond 2^71 become infinite.
/// </summary>
internal readonly struct Float16Pairs : IPairFormat
{
    private const int Places = unchecked((int)0x8fffe000);
    private const float HalfOfBias = 72057594037927936f; // 2^56

    public static float ActivationScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => HalfOfBias;
    }

    public static float SumScale
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => HalfOfBias;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Low<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.BitsIn(TSimd.BitsDown(TSimd.BitsUp(word, 16), 3), Places);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV High<TV, TSimd>(TV word)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => TSimd.BitsIn(TSimd.BitsDown(word, 3), Places);
}
