using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>An integer form, as a type, so that the compiler drops the other form's code.</summary>
internal interface IByteFormat
{
    /// <summary>4 or 8.</summary>
    static abstract int Bits { get; }
}

/// <summary>A word holds four terms of a sum, signed.</summary>
internal readonly struct EightBits : IByteFormat
{
    public static int Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }
}

/// <summary>A word holds eight terms of a sum, 8 added to each: the first four in its bytes' lower halves, the next in the upper.</summary>
internal readonly struct FourBits : IByteFormat
{
    public static int Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}
