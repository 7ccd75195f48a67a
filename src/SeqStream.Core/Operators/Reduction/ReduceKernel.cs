using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>Element after element in row-major order, the sum kept as <typeparamref name="TSum"/>.</summary>
internal sealed unsafe class ReduceKernel<TReduction, T, TSum>(ReduceNode node, PlanSlots slots) : NodeKernel
    where TReduction : struct, IReduction<TSum>
    where T : unmanaged, INumber<T>
    where TSum : unmanaged, INumber<TSum>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly AxisSplit _split = new(node.Inputs[0]!.Shape, node.Axes.AsSpan());

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        ReadOnlySpan<int> rows = _split.Rows;
        ReadOnlySpan<int> columns = _split.Columns;
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            T* input = (T*)context.At(_input, lane);
            T* output = (T*)context.At(_output, lane);
            for (int row = 0; row < rows.Length; row++)
            {
                T* x = input + rows[row];
                TSum sum = TReduction.Begin();
                if (_split.IsContiguous)
                {
                    for (int i = 0; i < columns.Length; i++) sum = TReduction.Next(sum, TSum.CreateTruncating(x[i]));
                }
                else
                {
                    foreach (int column in columns) sum = TReduction.Next(sum, TSum.CreateTruncating(x[column]));
                }
                output[row] = T.CreateTruncating(TReduction.End(sum, columns.Length));
            }
        }
    }
}

/// <summary>Subtracts the largest element before taking exponentials, so that none overflows.</summary>
internal sealed unsafe class LogSumExpKernel<T>(ReduceNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly AxisSplit _split = new(node.Inputs[0]!.Shape, node.Axes.AsSpan());

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            T* input = (T*)context.At(_input, lane);
            T* output = (T*)context.At(_output, lane);
            foreach (int row in _split.Rows) *output++ = T.CreateSaturating(Reduce(input + row));
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private double Reduce(T* x)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (int column in _split.Columns) max = Math.Max(max, double.CreateTruncating(x[column]));
        if (double.IsInfinity(max)) return max;
        foreach (int column in _split.Columns) sum += Math.Exp(double.CreateTruncating(x[column]) - max);
        return max + Math.Log(sum);
    }
}
