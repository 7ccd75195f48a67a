using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>float32 blocks in vectors, mean first, then the squares of what deviates from it; sums run over the vectors in order.</summary>
internal sealed unsafe class VectorNormalizeKernel<TV, TSimd>(NormalizeNode node, PlanSlots slots) : NodeKernel
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _scale = slots.Of(node.Inputs[1]);
    private readonly WireSlot _bias = slots.Of(node.Inputs[2]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly int _length = node.BlockLength;
    private readonly int _blocks = node.BlockLength == 0 ? 0 : node.Inputs[0]!.Shape.ElementCount / node.BlockLength;
    private readonly float _epsilon = node.Epsilon;
    private readonly bool _aboutZero = node.AboutZero;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            float* x = (float*)context.At(_input, lane);
            float* y = (float*)context.At(_output, lane);
            float* scale = _scale.IsPresent ? (float*)context.At(_scale, lane) : null;
            float* bias = _bias.IsPresent ? (float*)context.At(_bias, lane) : null;
            for (int block = 0; block < _blocks; block++, x += _length, y += _length)
            {
                float mean = _aboutZero ? 0f : Mean(x);
                Write(x, y, scale, bias, mean, 1f / MathF.Sqrt(MeanSquare(x, mean) + _epsilon));
            }
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private float Mean(float* x)
    {
        int whole = _length - (_length % TSimd.Width);
        TV sums = TSimd.Set(0f);
        for (int i = 0; i < whole; i += TSimd.Width) sums = TSimd.Add(sums, TSimd.Load(x + i));
        if (whole < _length) sums = TSimd.Add(sums, LoadTail(x, whole, 0f));
        return TSimd.Sum(sums) / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private float MeanSquare(float* x, float mean)
    {
        int whole = _length - (_length % TSimd.Width);
        TV sums = TSimd.Set(0f), center = TSimd.Set(mean);
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            TV deviation = TSimd.Sub(TSimd.Load(x + i), center);
            sums = TSimd.Fma(deviation, deviation, sums);
        }
        if (whole < _length)
        {
            TV deviation = TSimd.Sub(LoadTail(x, whole, mean), center);
            sums = TSimd.Fma(deviation, deviation, sums);
        }
        return TSimd.Sum(sums) / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Write(float* x, float* y, float* scale, float* bias, float mean, float inverse)
    {
        int whole = _length - (_length % TSimd.Width);
        TV center = TSimd.Set(mean), factor = TSimd.Set(inverse);
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            TV value = TSimd.Mul(TSimd.Sub(TSimd.Load(x + i), center), factor);
            if (scale is not null) value = TSimd.Mul(value, TSimd.Load(scale + i));
            if (bias is not null) value = TSimd.Add(value, TSimd.Load(bias + i));
            TSimd.Store(y + i, value);
        }
        if (whole == _length) return;
        TV last = TSimd.Mul(TSimd.Sub(LoadTail(x, whole, 0f), center), factor);
        if (scale is not null) last = TSimd.Mul(last, LoadTail(scale, whole, 0f));
        if (bias is not null) last = TSimd.Add(last, LoadTail(bias, whole, 0f));
        TV spread = last;
        for (int k = 0; whole + k < _length; k++) y[whole + k] = ((float*)&spread)[k];
    }

    /// <summary>Inlined, because a call would push every vector to the stack. Elements from <paramref name="at"/> on; beyond the block's end <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV LoadTail(float* block, int at, float fill)
    {
        TV tail = TSimd.Set(fill);
        for (int k = 0; at + k < _length; k++) ((float*)&tail)[k] = block[at + k];
        return tail;
    }
}
