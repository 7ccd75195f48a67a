using SeqStream.Kernels;

namespace SeqStream.Operators.Elementwise;

/// <summary>A function of float32 vectors of any width and of two parameters, as a type.</summary>
internal interface IVectorFunction
{
    static abstract TV Invoke<TV, TSimd>(TV x, TV alpha, TV beta)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>;
}
