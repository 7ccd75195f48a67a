using System.Runtime.Intrinsics;

namespace SeqStream.Operators.Elementwise;

/// <summary>A function of two elements, as a type.</summary>
internal interface IBinaryFunction<TIn, TOut>
{
    static abstract TOut Invoke(TIn a, TIn b);
}

/// <summary>A function of two elements whose vector forms give the same bits as the scalar one.</summary>
internal interface IVectorBinaryFunction<T> : IBinaryFunction<T, T>
{
    static abstract Vector128<T> Invoke(Vector128<T> a, Vector128<T> b);

    static abstract Vector256<T> Invoke(Vector256<T> a, Vector256<T> b);
}
