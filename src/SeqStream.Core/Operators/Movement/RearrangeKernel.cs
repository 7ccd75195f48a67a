using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Movement;

/// <summary>Copies run by run: the innermost dimension after neighbouring dimensions that lie in one line are merged.</summary>
internal sealed unsafe class RearrangeKernel<T> : NodeKernel where T : unmanaged
{
    private readonly WireSlot _input;
    private readonly WireSlot _output;
    private readonly int _length;
    private readonly int _stride;
    private readonly int[] _starts; // [runs] first input element of each run

    public RearrangeKernel(RearrangeNode node, PlanSlots slots)
    {
        _input = slots.Of(node.Inputs[0]);
        _output = slots.Of(node.Outputs[0]);
        List<(int Size, int Stride)> axes = [];
        for (int axis = 0; axis < node.Dimensions.Length; axis++)
        {
            (int size, int stride) = (node.Dimensions[axis], node.Strides[axis]);
            if (size == 1) continue;
            if (axes.Count > 0 && axes[^1].Stride == stride * size) axes[^1] = (axes[^1].Size * size, stride);
            else axes.Add((size, stride));
        }
        if (axes.Count == 0) axes.Add((1, 1));
        (_length, _stride) = axes[^1];
        _starts = new int[_length == 0 ? 0 : node.Outputs[0]!.Shape.ElementCount / _length];
        for (int run = 0; run < _starts.Length; run++)
        {
            int rest = run;
            _starts[run] = node.Offset;
            for (int outer = axes.Count - 2; outer >= 0; outer--)
            {
                (rest, int index) = Math.DivRem(rest, axes[outer].Size);
                _starts[run] += index * axes[outer].Stride;
            }
        }
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        for (int lane = 0; lane < context.Lanes; lane++) RunLane((T*)context.At(_input, lane), (T*)context.At(_output, lane));
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void RunLane(T* input, T* output)
    {
        int length = _length;
        nint stride = _stride;
        foreach (int start in _starts)
        {
            T* from = input + start;
            if (stride == 1) new ReadOnlySpan<T>(from, length).CopyTo(new Span<T>(output, length));
            else if (stride == 0) new Span<T>(output, length).Fill(*from);
            else for (int i = 0; i < length; i++) output[i] = from[i * stride];
            output += length;
        }
    }
}
