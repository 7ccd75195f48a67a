using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Operators.Normalization;

/// <summary>One element at a time, computed as <typeparamref name="TSum"/>.</summary>
internal sealed unsafe class SoftmaxKernel<T, TSum>(SoftmaxNode node, PlanSlots slots) : NodeKernel
    where T : unmanaged, IFloatingPointIeee754<T>
    where TSum : unmanaged, IFloatingPointIeee754<TSum>
{
    private readonly WireSlot _input = slots.Of(node.Inputs[0]);
    private readonly WireSlot _output = slots.Of(node.Outputs[0]);
    private readonly AxisSplit _split = node.Split();
    private readonly bool _logarithm = node.Logarithm;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++)
        {
            T* input = (T*)context.At(_input, lane);
            T* output = (T*)context.At(_output, lane);
            foreach (int row in _split.Rows) RunRow(input + row, output + row);
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void RunRow(T* x, T* y)
    {
        ReadOnlySpan<int> columns = _split.Columns;
        TSum max = TSum.NegativeInfinity, sum = TSum.Zero;
        foreach (int column in columns) max = TSum.Max(max, TSum.CreateTruncating(x[column]));
        foreach (int column in columns) sum += TSum.Exp(TSum.CreateTruncating(x[column]) - max);
        if (_logarithm)
        {
            TSum logarithm = TSum.Log(sum);
            foreach (int column in columns) y[column] = T.CreateTruncating(TSum.CreateTruncating(x[column]) - max - logarithm);
        }
        else
        {
            foreach (int column in columns) y[column] = T.CreateTruncating(TSum.Exp(TSum.CreateTruncating(x[column]) - max) / sum);
        }
    }
}
