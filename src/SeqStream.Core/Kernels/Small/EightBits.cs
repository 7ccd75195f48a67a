using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>A word holds four terms of a sum, signed.</summary>
internal readonly unsafe struct EightBits : IByteFormat
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Bits
    {
        [MethodImpl(Inline)]
        get => 8;
    }

    [MethodImpl(Inline)]
    public static TI Start<TI, TDot, TV>(int* correction, int* rowSum)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Load(correction);

    [MethodImpl(Inline)]
    public static TI Second<TI, TDot, TV>(byte* v, TI first)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => first;

    [MethodImpl(Inline)]
    public static TI AddWord<TI, TDot, TV>(TI sum, TI first, TI second, byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Dot(sum, first, TDot.Load(w));

    [MethodImpl(Inline)]
    public static TI FirstOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Load(w);

    [MethodImpl(Inline)]
    public static TI SecondOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Load(w);

    [MethodImpl(Inline)]
    public static TI Add<TI, TDot, TV>(TI sum, TI activations, TI weights)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Dot(sum, activations, weights);
}
