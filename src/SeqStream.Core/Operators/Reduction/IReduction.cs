using System.Numerics;

namespace SeqStream.Operators.Reduction;

/// <summary>A reduction of elements one after the other: Begin, Next for each element, End. T is the type sums are kept in.</summary>
internal interface IReduction<T> where T : INumber<T>
{
    static abstract T Begin();

    static abstract T Next(T sum, T x);

    static virtual T End(T sum, int count) => sum;
}

internal readonly struct ReduceSum<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => sum + x;
}

internal readonly struct ReduceMean<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => sum + x;

    // Nothing divided by nothing is NaN where there is a NaN; integers have none and must not trap.
    public static T End(T sum, int count) => count == 0 ? T.CreateSaturating(double.NaN) : sum / T.CreateTruncating(count);
}

internal readonly struct ReduceMax<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.CreateSaturating(double.NegativeInfinity);

    public static T Next(T sum, T x) => T.Max(sum, x);
}

internal readonly struct ReduceMin<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.CreateSaturating(double.PositiveInfinity);

    public static T Next(T sum, T x) => T.Min(sum, x);
}

internal readonly struct ReduceProd<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.One;

    public static T Next(T sum, T x) => sum * x;
}

internal readonly struct ReduceSumSquare<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => sum + (x * x);
}

internal readonly struct ReduceL1<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => T.IsNegative(x) ? sum - x : sum + x;
}

/// <summary>Computed in double: also integers are asked for their norm.</summary>
internal readonly struct ReduceL2<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => sum + (x * x);

    public static T End(T sum, int count) => T.CreateSaturating(Math.Sqrt(double.CreateSaturating(sum)));
}

internal readonly struct ReduceLogSum<T> : IReduction<T> where T : INumber<T>
{
    public static T Begin() => T.Zero;

    public static T Next(T sum, T x) => sum + x;

    public static T End(T sum, int count) => T.CreateSaturating(Math.Log(double.CreateSaturating(sum)));
}
