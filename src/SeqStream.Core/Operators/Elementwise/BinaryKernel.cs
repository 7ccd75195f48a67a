using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>Walks the runs of a broadcast over two inputs; how one run is computed is the subclass's matter.</summary>
internal abstract unsafe class BinaryKernel(BinaryNode node, PlanSlots slots, int inputBytes, int outputBytes) : NodeKernel
{
    private readonly WireSlot _left = slots.Of(node.Left);
    private readonly WireSlot _right = slots.Of(node.Right);
    private readonly WireSlot _output = slots.Of(node.Output);
    private readonly int _elements = node.Output.Shape.ElementCount;
    private readonly int[]? _acrossLanes = BroadcastRuns.AcrossLanes(node.Output.Shape, node.Left, node.Right);
    private readonly BroadcastRuns _runs = BroadcastRuns.Of(node.Output.Shape, node.Left.Shape, node.Right.Shape);

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public sealed override void Run(in StepContext context)
    {
        if (_acrossLanes is { } steps)
        {
            RunStretch(context.At(_left), steps[0], context.At(_right), steps[1], context.At(_output), (nint)context.Lanes * _elements);
            return;
        }
        for (int lane = 0; lane < context.Lanes; lane++) RunLane(context.At(_left, lane), context.At(_right, lane), context.At(_output, lane));
    }

    /// <summary>y[i] = f(a[i * stepA], b[i * stepB]) for i in [0, count).</summary>
    protected abstract void RunStretch(byte* a, int stepA, byte* b, int stepB, byte* y, nint count);

    [MethodImpl(CodeGeneration.Kernel)]
    private void RunLane(byte* a, byte* b, byte* y)
    {
        int length = _runs.Length;
        int stepA = _runs.Steps[0], stepB = _runs.Steps[1];
        ReadOnlySpan<int> starts = _runs.Starts;
        for (int run = 0; run < _runs.Count; run++)
        {
            RunStretch(a + ((nint)starts[2 * run] * inputBytes), stepA, b + ((nint)starts[(2 * run) + 1] * inputBytes), stepB, y, length);
            y += (nint)length * outputBytes;
        }
    }
}

/// <summary>One element at a time.</summary>
internal sealed unsafe class BinaryKernel<TFunction, TIn, TOut>(BinaryNode node, PlanSlots slots) : BinaryKernel(node, slots, sizeof(TIn), sizeof(TOut))
    where TFunction : struct, IBinaryFunction<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    protected override void RunStretch(byte* a, int stepA, byte* b, int stepB, byte* y, nint count)
    {
        TIn* left = (TIn*)a;
        TIn* right = (TIn*)b;
        TOut* output = (TOut*)y;
        for (nint i = 0; i < count; i++) output[i] = TFunction.Invoke(left[i * stepA], right[i * stepB]);
    }
}

/// <summary>Vectors as wide as the choice allows, then one element at a time; every width gives the same bits.</summary>
internal sealed unsafe class VectorBinaryKernel<TFunction, T>(BinaryNode node, KernelChoice choice, PlanSlots slots) : BinaryKernel(node, slots, sizeof(T), sizeof(T))
    where TFunction : struct, IVectorBinaryFunction<T>
    where T : unmanaged
{
    private readonly InstructionSet _instructions = choice.InstructionSet;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    protected override void RunStretch(byte* a, int stepA, byte* b, int stepB, byte* y, nint count)
    {
        T* left = (T*)a;
        T* right = (T*)b;
        T* output = (T*)y;
        nint i = 0;
        if (Vector256.IsHardwareAccelerated && Vector256<T>.IsSupported && _instructions >= InstructionSet.Vector256)
        {
            i = RunVectors256(left, stepA, right, stepB, output, count);
        }
        else if (Vector128<T>.IsSupported && _instructions != InstructionSet.Scalar)
        {
            i = RunVectors128(left, stepA, right, stepB, output, count);
        }
        for (; i < count; i++) output[i] = TFunction.Invoke(left[i * stepA], right[i * stepB]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint RunVectors256(T* left, int stepA, T* right, int stepB, T* output, nint count)
    {
        nint i = 0;
        int width = Vector256<T>.Count;
        if (count < width) return 0;
        Vector256<T> a = Vector256.Create(*left);
        Vector256<T> b = Vector256.Create(*right);
        for (; i <= count - width; i += width)
        {
            if (stepA != 0) a = Vector256.Load(left + i);
            if (stepB != 0) b = Vector256.Load(right + i);
            TFunction.Invoke(a, b).Store(output + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint RunVectors128(T* left, int stepA, T* right, int stepB, T* output, nint count)
    {
        nint i = 0;
        int width = Vector128<T>.Count;
        if (count < width) return 0;
        Vector128<T> a = Vector128.Create(*left);
        Vector128<T> b = Vector128.Create(*right);
        for (; i <= count - width; i += width)
        {
            if (stepA != 0) a = Vector128.Load(left + i);
            if (stepB != 0) b = Vector128.Load(right + i);
            TFunction.Invoke(a, b).Store(output + i);
        }
        return i;
    }
}
