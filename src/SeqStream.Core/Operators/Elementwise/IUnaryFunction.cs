namespace SeqStream.Operators.Elementwise;

/// <summary>A function of one element and two parameters, as a type.</summary>
internal interface IUnaryFunction<TIn, TOut>
{
    static abstract TOut Invoke(TIn x, TIn alpha, TIn beta);
}
