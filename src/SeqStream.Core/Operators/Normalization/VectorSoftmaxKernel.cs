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
    [MethodImpl(CodeGeneration.Kernel)]
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

    private void RunRow(float* x, float* y)
    {
        float max = Largest(x);
        float sum = Exponentials(x, y, max);
        if (_logarithm) Subtract(x, y, max, MathF.Log(sum));
        else Divide(y, sum);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private float Largest(float* x)
    {
        int whole = _length - (_length % TSimd.Width);
        TV values = TSimd.Set(float.NegativeInfinity);
        for (int i = 0; i < whole; i += TSimd.Width) values = TSimd.AtLeast(TSimd.Load(x + i), values);
        if (whole < _length) values = TSimd.AtLeast(LoadTail(x, whole), values);
        TV spread = values;
        float* elements = (float*)&spread;
        float largest = elements[0];
        for (int k = 1; k < TSimd.Width; k++) largest = MathF.Max(largest, elements[k]);
        return largest;
    }

    /// <summary>y = exp(x - shift); answers the sum.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    private float Exponentials(float* x, float* y, float shift)
    {
        int whole = _length - (_length % TSimd.Width);
        TV max = TSimd.Set(shift), sums = TSimd.Set(0f);
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            TV exponential = Activations<TV, TSimd>.Exp(TSimd.Sub(TSimd.Load(x + i), max));
            sums = TSimd.Add(sums, exponential);
            TSimd.Store(y + i, exponential);
        }
        if (whole < _length)
        {
            TV last = Activations<TV, TSimd>.Exp(TSimd.Sub(LoadTail(x, whole), max));
            sums = TSimd.Add(sums, last);
            StoreTail(y, whole, last);
        }
        return TSimd.Sum(sums);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Subtract(float* x, float* y, float shift, float logarithmOfSum)
    {
        TV max = TSimd.Set(shift), logarithm = TSimd.Set(logarithmOfSum);
        int whole = _length - (_length % TSimd.Width);
        for (int i = 0; i < whole; i += TSimd.Width) TSimd.Store(y + i, TSimd.Sub(TSimd.Sub(TSimd.Load(x + i), max), logarithm));
        if (whole < _length) StoreTail(y, whole, TSimd.Sub(TSimd.Sub(LoadTail(x, whole), max), logarithm));
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Divide(float* y, float sum)
    {
        TV divisor = TSimd.Set(sum);
        int whole = _length - (_length % TSimd.Width);
        for (int i = 0; i < whole; i += TSimd.Width) TSimd.Store(y + i, TSimd.Div(TSimd.Load(y + i), divisor));
        if (whole < _length) StoreTail(y, whole, TSimd.Div(LoadTail(y, whole), divisor));
    }

    /// <summary>Inlined, because a call would push every vector to the stack. Elements from <paramref name="at"/> on; beyond the row's end -infinity, whose exponential is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TV LoadTail(float* row, int at)
    {
        TV tail = TSimd.Set(float.NegativeInfinity);
        for (int k = 0; at + k < _length; k++) ((float*)&tail)[k] = row[at + k];
        return tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreTail(float* row, int at, TV value)
    {
        TV spread = value;
        for (int k = 0; at + k < _length; k++) row[at + k] = ((float*)&spread)[k];
    }
}
