using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>An integer form, as a type. Its code is in methods of its own, not behind conditions: what the compiler drops later still counts against its room for inlining.</summary>
internal unsafe interface IByteFormat
{
    /// <summary>4 or 8.</summary>
    static abstract int Bits { get; }

    /// <summary>What a sum starts at, because activations or weights are shifted.</summary>
    static abstract TI Start<TI, TDot, TV>(int* correction, int* rowSum)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;

    /// <summary>The activations of a word's last four terms, where it has eight; else whatever.</summary>
    static abstract TI Second<TI, TDot, TV>(byte* v, TI first)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;

    /// <summary>sum + all terms of a word.</summary>
    static abstract TI AddWord<TI, TDot, TV>(TI sum, TI first, TI second, byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;

    /// <summary>The weights of a word's first four terms.</summary>
    static abstract TI FirstOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;

    /// <summary>The weights of a word's last four terms, where it has eight; else whatever.</summary>
    static abstract TI SecondOf<TI, TDot, TV>(byte* w)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;

    /// <summary>sum + four terms.</summary>
    static abstract TI Add<TI, TDot, TV>(TI sum, TI activations, TI weights)
        where TI : unmanaged
        where TDot : struct, IByteDot<TI, TV>
        where TV : unmanaged;
}
