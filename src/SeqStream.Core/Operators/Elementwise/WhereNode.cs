using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>output = condition ? left : right, element by element, all three broadcast to the output's shape.</summary>
public sealed class WhereNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="condition">Bool.</param>
    /// <param name="left">Taken where the condition holds.</param>
    /// <param name="right">Taken elsewhere.</param>
    /// <param name="output">The result, of the type of <paramref name="left"/> and <paramref name="right"/>.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public WhereNode(string name, Wire condition, Wire left, Wire right, Wire output) : base(name, "Where", [condition, left, right], [output])
    {
        if (condition.Type != ElementType.Bool || left.Type != output.Type || right.Type != output.Type)
        {
            throw new ArgumentException($"Where '{name}' needs a bool and two inputs of the output's type; found {condition}, {left}, {right} and {output}.", nameof(condition));
        }
        if (!Broadcasting.Fits(condition.Shape, output.Shape) || !Broadcasting.Fits(left.Shape, output.Shape) || !Broadcasting.Fits(right.Shape, output.Shape))
        {
            throw new ArgumentException($"Where '{name}': {condition.Shape}, {left.Shape} and {right.Shape} do not all broadcast to {output.Shape}.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Widths(Outputs[0]!.Type, new OfWidth(this, slots));

    private readonly struct OfWidth(WhereNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(WhereNode node, PlanSlots slots) : NodeKernel where T : unmanaged
    {
        private readonly WireSlot _condition = slots.Of(node.Inputs[0]);
        private readonly WireSlot _left = slots.Of(node.Inputs[1]);
        private readonly WireSlot _right = slots.Of(node.Inputs[2]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly BroadcastRuns _runs = BroadcastRuns.Of(node.Outputs[0]!.Shape, node.Inputs[0]!.Shape, node.Inputs[1]!.Shape, node.Inputs[2]!.Shape);

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                RunLane(context.At(_condition, lane), (T*)context.At(_left, lane), (T*)context.At(_right, lane), (T*)context.At(_output, lane));
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void RunLane(byte* condition, T* left, T* right, T* output)
        {
            nint stepC = _runs.Steps[0], stepL = _runs.Steps[1], stepR = _runs.Steps[2];
            ReadOnlySpan<int> starts = _runs.Starts;
            for (int run = 0; run < _runs.Count; run++)
            {
                byte* c = condition + starts[3 * run];
                T* l = left + starts[(3 * run) + 1];
                T* r = right + starts[(3 * run) + 2];
                for (nint i = 0; i < _runs.Length; i++) *output++ = c[i * stepC] != 0 ? l[i * stepL] : r[i * stepR];
            }
        }
    }
}
