using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>Walks all lanes as one stretch of elements; how a stretch is computed is the subclass's matter.</summary>
internal abstract unsafe class UnaryKernel(Wire input, Wire output, PlanSlots slots) : NodeKernel
{
    private readonly WireSlot _input = slots.Of(input);
    private readonly WireSlot _output = slots.Of(output);
    private readonly int _elements = output.Shape.ElementCount;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public sealed override void Run(in StepContext context)
    {
        if (!_input.IsConstant)
        {
            RunStretch(context.At(_input), context.At(_output), (nint)context.Lanes * _elements);
            return;
        }
        for (int lane = 0; lane < context.Lanes; lane++) RunStretch(context.At(_input), context.At(_output, lane), _elements);
    }

    /// <summary>y[i] = f(x[i]) for i in [0, count).</summary>
    protected abstract void RunStretch(byte* x, byte* y, nint count);
}

/// <summary>One element at a time.</summary>
internal sealed unsafe class UnaryKernel<TFunction, TIn, TOut>(Wire input, Wire output, PlanSlots slots, TIn alpha, TIn beta) : UnaryKernel(input, output, slots)
    where TFunction : struct, IUnaryFunction<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    private readonly TIn _alpha = alpha;
    private readonly TIn _beta = beta;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    protected override void RunStretch(byte* x, byte* y, nint count)
    {
        TIn* input = (TIn*)x;
        TOut* output = (TOut*)y;
        TIn a = _alpha, b = _beta;
        for (nint i = 0; i < count; i++) output[i] = TFunction.Invoke(input[i], a, b);
    }
}

/// <summary>float16 elements, each computed in float32 and rounded once.</summary>
internal sealed unsafe class HalfUnaryKernel<TFunction>(Wire input, Wire output, PlanSlots slots, float alpha, float beta) : UnaryKernel(input, output, slots)
    where TFunction : struct, IUnaryFunction<float, float>
{
    private readonly float _alpha = alpha;
    private readonly float _beta = beta;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    protected override void RunStretch(byte* x, byte* y, nint count)
    {
        Half* input = (Half*)x;
        Half* output = (Half*)y;
        float a = _alpha, b = _beta;
        for (nint i = 0; i < count; i++) output[i] = (Half)TFunction.Invoke((float)input[i], a, b);
    }
}
