using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>A word holds eight terms of a sum, 8 added to each: the first four in its bytes' lower halves, the next in the upper.</summary>
internal readonly unsafe struct FourBits : IByteFormat
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Bits
    {
        [MethodImpl(Inline)]
        get => 4;
    }

    [MethodImpl(Inline)]
    public static TI Start<TI, TDot, TV>(int* correction, int* rowSum)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Set(*rowSum);

    [MethodImpl(Inline)]
    public static TI Second<TI, TDot, TV>(byte* v, TI first)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.Set(*((int*)v + 1));

    [MethodImpl(Inline)]
    public static TI AddWord<TI, TDot, TV>(TI sum, TI first, TI second, byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => AddNibbles<TI, TDot, TV>(sum, first, second, TDot.Load(w));

    [MethodImpl(Inline)]
    public static TI FirstOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.LowNibbles(TDot.Load(w));

    [MethodImpl(Inline)]
    public static TI SecondOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.HighNibbles(TDot.Load(w));

    [MethodImpl(Inline)]
    public static TI Add<TI, TDot, TV>(TI sum, TI activations, TI weights)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.DotNibbles(sum, activations, weights);

    [MethodImpl(Inline)]
    private static TI AddNibbles<TI, TDot, TV>(TI sum, TI first, TI second, TI word)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged
        => TDot.DotNibbles(TDot.DotNibbles(sum, first, TDot.LowNibbles(word)), second, TDot.HighNibbles(word));
}
