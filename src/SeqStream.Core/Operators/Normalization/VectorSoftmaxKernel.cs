using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>float32 rows that lie without gaps, in vectors. A row's sum runs over its vectors in order, the last one filled up with terms of 0.</summary>
internal sealed unsafe class VectorSoftmaxKernel<TV, TSimd>(SoftmaxNode node, AxisSplit split, PlanSlots slots) : NodeKernel
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly int[] _rows = split.Rows;
    private readonly int _length = split.Columns.Length;
    private readonly bool _logarithm = node.Logarithm;

    [HotPath]
    public override void Run(in StepContext context)
    {
        if (_length == 0) return;
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            float* input = (float*)context.At(_input, lane);
            float* output = (float*)context.At(_output, lane);
            foreach (int row in _rows) RunRow(input + row, output + row);
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void RunRow(float* x, float* y)
    {
        TV max = TSimd.Set(Largest(x));
        TV sums = TSimd.Set(0f);
        for (int i = 0; i < _length; i += TSimd.Width)
        {
            TV exponential = Activations<TV, TSimd>.Exp(TSimd.Sub(Load(x, i), max));
            sums = TSimd.Add(sums, exponential);
            Store(y, i, exponential);
        }
        float sum = TSimd.Sum(sums);
        TV divisor = TSimd.Set(sum), logarithm = TSimd.Set(MathF.Log(sum));
        for (int i = 0; i < _length; i += TSimd.Width)
        {
            Store(y, i, _logarithm ? TSimd.Sub(TSimd.Sub(Load(x, i), max), logarithm) : TSimd.Div(Load(y, i), divisor));
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private float Largest(float* x)
    {
        TV max = TSimd.Set(float.NegativeInfinity);
        for (int i = 0; i < _length; i += TSimd.Width) max = TSimd.AtLeast(Load(x, i), max);
        float* elements = (float*)&max;
        float largest = elements[0];
        for (int k = 1; k < TSimd.Width; k++) largest = MathF.Max(largest, elements[k]);
        return largest;
    }

    /// <summary>Elements from <paramref name="at"/> on; beyond the row's end -infinity, whose exponential is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV Load(float* row, int at) => at + TSimd.Width <= _length ? TSimd.Load(row + at) : LoadTail(row, at);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TV LoadTail(float* row, int at)
    {
        TV tail = TSimd.Set(float.NegativeInfinity);
        for (int k = 0; at + k < _length; k++) ((float*)&tail)[k] = row[at + k];
        return tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(float* row, int at, TV value)
    {
        if (at + TSimd.Width <= _length) TSimd.Store(row + at, value);
        else StoreTail(row, at, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StoreTail(float* row, int at, TV value)
    {
        for (int k = 0; at + k < _length; k++) row[at + k] = ((float*)&value)[k];
    }
}
