using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>float32 elements in vectors of the chosen width. The last elements are computed in a vector of their own, so that an element's bits do not depend on its place.</summary>
internal sealed unsafe class VectorUnaryKernel<TFunction>(Wire input, Wire output, KernelChoice choice, PlanSlots slots, float alpha, float beta) : UnaryKernel(input, output, slots)
    where TFunction : struct, IVectorFunction
{
    private readonly InstructionSet _instructions = choice.InstructionSet;
    private readonly float _alpha = alpha;
    private readonly float _beta = beta;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    protected override void RunStretch(byte* x, byte* y, nint count)
    {
        switch (_instructions)
        {
            case InstructionSet.Vector512: Run<Vector512<float>, Simd512>((float*)x, (float*)y, count); break;
            case InstructionSet.Vector256: Run<Vector256<float>, Simd256>((float*)x, (float*)y, count); break;
            default: Run<Vector128<float>, Simd128>((float*)x, (float*)y, count); break;
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Run<TV, TSimd>(float* x, float* y, nint count) where TV : unmanaged where TSimd : struct, ISimd<TV>
    {
        TV alpha = TSimd.Set(_alpha), beta = TSimd.Set(_beta);
        nint i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width) TSimd.Store(y + i, TFunction.Invoke<TV, TSimd>(TSimd.Load(x + i), alpha, beta));
        if (i == count) return;
        TV tail = TSimd.Set(0f);
        float* elements = (float*)&tail;
        for (nint k = 0; i + k < count; k++) elements[k] = x[i + k];
        tail = TFunction.Invoke<TV, TSimd>(tail, alpha, beta);
        for (nint k = 0; i + k < count; k++) y[i + k] = elements[k];
    }
}
