using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>Which cell a fused kernel computes, as a type, so that the compiler drops the other cell's code.</summary>
internal interface ICellShape
{
    /// <summary>Weight rows per unit: 4 LSTM (i o f c), 3 GRU (z r h).</summary>
    static abstract int Gates { get; }
}

/// <summary>LSTM with its default activations: gates i o f c.</summary>
internal struct LstmShape : ICellShape
{
    public static int Gates
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}

/// <summary>GRU with linear_before_reset = 1 and its default activations: gates z r h.</summary>
internal struct GruShape : ICellShape
{
    public static int Gates
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3;
    }
}

/// <summary>A small number known to the compiler: chunks of a panel, chains of a sum, lanes of a tile.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal struct One : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }
}

internal struct Two : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }
}

internal struct Three : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3;
    }
}

internal struct Four : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}

internal struct Five : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 5;
    }
}

internal struct Six : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 6;
    }
}

internal struct Seven : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 7;
    }
}

internal struct Eight : ICount
{
    public static int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }
}
