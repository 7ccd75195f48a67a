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
        TV sums = TSimd.Set(0f);
        for (int i = 0; i < _length; i += TSimd.Width) sums = TSimd.Add(sums, Load(x, i, 0f));
        return TSimd.Sum(sums) / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private float MeanSquare(float* x, float mean)
    {
        TV sums = TSimd.Set(0f), center = TSimd.Set(mean);
        for (int i = 0; i < _length; i += TSimd.Width)
        {
            TV deviation = TSimd.Sub(Load(x, i, mean), center);
            sums = TSimd.Fma(deviation, deviation, sums);
        }
        return TSimd.Sum(sums) / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Write(float* x, float* y, float* scale, float* bias, float mean, float inverse)
    {
        TV center = TSimd.Set(mean), factor = TSimd.Set(inverse);
        for (int i = 0; i < _length; i += TSimd.Width)
        {
            TV value = TSimd.Mul(TSimd.Sub(Load(x, i, 0f), center), factor);
            if (scale is not null) value = TSimd.Mul(value, Load(scale, i, 0f));
            if (bias is not null) value = TSimd.Add(value, Load(bias, i, 0f));
            Store(y, i, value);
        }
    }

    /// <summary>Elements from <paramref name="at"/> on; beyond the block's end <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV Load(float* block, int at, float fill) => at + TSimd.Width <= _length ? TSimd.Load(block + at) : LoadTail(block, at, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TV LoadTail(float* block, int at, float fill)
    {
        TV tail = TSimd.Set(fill);
        for (int k = 0; at + k < _length; k++) ((float*)&tail)[k] = block[at + k];
        return tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(float* block, int at, TV value)
    {
        if (at + TSimd.Width <= _length) TSimd.Store(block + at, value);
        else StoreTail(block, at, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StoreTail(float* block, int at, TV value)
    {
        for (int k = 0; at + k < _length; k++) block[at + k] = ((float*)&value)[k];
    }
}
