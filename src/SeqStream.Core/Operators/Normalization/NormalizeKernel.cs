using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>Two passes over a block, mean first, then the squares of what deviates from it; sums are kept in double.</summary>
internal sealed unsafe class NormalizeKernel<T, TStatistic>(NormalizeNode node, PlanSlots slots) : NodeKernel
    where T : unmanaged, IFloatingPointIeee754<T>
    where TStatistic : unmanaged, IFloatingPointIeee754<TStatistic>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _scale = slots.Of(node.Inputs[1]);
    private readonly WireSlot _bias = slots.Of(node.Inputs[2]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly WireSlot _mean = slots.Of(node.Outputs[1]);
    private readonly WireSlot _inverse = slots.Of(node.Outputs[2]);
    private readonly int _length = node.BlockLength;
    private readonly int _blocks = node.BlockLength == 0 ? 0 : node.Inputs[0]!.Shape.ElementCount / node.BlockLength;
    private readonly double _epsilon = node.Epsilon;
    private readonly bool _aboutZero = node.AboutZero;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            T* x = (T*)context.At(_input, lane);
            T* y = (T*)context.At(_output, lane);
            T* scale = _scale.IsPresent ? (T*)context.At(_scale, lane) : null;
            T* bias = _bias.IsPresent ? (T*)context.At(_bias, lane) : null;
            for (int block = 0; block < _blocks; block++, x += _length, y += _length)
            {
                double mean = _aboutZero ? 0 : Mean(x);
                double inverse = 1 / Math.Sqrt(MeanSquare(x, mean) + _epsilon);
                Write(x, y, scale, bias, mean, inverse);
                if (_mean.IsPresent) ((TStatistic*)context.At(_mean, lane))[block] = TStatistic.CreateTruncating(mean);
                if (_inverse.IsPresent) ((TStatistic*)context.At(_inverse, lane))[block] = TStatistic.CreateTruncating(inverse);
            }
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private double Mean(T* x)
    {
        double sum = 0;
        for (int i = 0; i < _length; i++) sum += double.CreateTruncating(x[i]);
        return sum / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private double MeanSquare(T* x, double mean)
    {
        double sum = 0;
        for (int i = 0; i < _length; i++)
        {
            double deviation = double.CreateTruncating(x[i]) - mean;
            sum += deviation * deviation;
        }
        return sum / _length;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Write(T* x, T* y, T* scale, T* bias, double mean, double inverse)
    {
        for (int i = 0; i < _length; i++)
        {
            double value = (double.CreateTruncating(x[i]) - mean) * inverse;
            if (scale is not null) value *= double.CreateTruncating(scale[i]);
            if (bias is not null) value += double.CreateTruncating(bias[i]);
            y[i] = T.CreateTruncating(value);
        }
    }
}
