using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Movement;

/// <summary>Adds or, with negative pads, removes elements at both ends of every dimension.</summary>
public sealed class PadNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="mode">What fills the border.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="fill">One element of the tensor's type, for <see cref="PadMode.Constant"/>; null for zero.</param>
    /// <param name="output">The result.</param>
    /// <param name="before">Elements added before the first, for each dimension.</param>
    public PadNode(string name, PadMode mode, Wire input, Wire? fill, Wire output, ImmutableArray<int> before) : base(name, "Pad", [input, fill], [output])
    {
        if (input.Type != output.Type || input.Shape.Rank != output.Shape.Rank || before.Length != input.Shape.Rank || (fill is not null && (fill.Type != input.Type || fill.Shape.ElementCount != 1)))
        {
            throw new ArgumentException($"Pad '{name}': {input} with fill {fill?.ToString() ?? "0"} and {before.Length} pads does not give {output}.", nameof(output));
        }
        for (int axis = 0; axis < before.Length; axis++)
        {
            if (mode != PadMode.Constant && input.Shape[axis] == 0 && output.Shape[axis] > 0)
            {
                throw new ArgumentException($"Pad '{name}': dimension {axis} of {input} has no elements to repeat.", nameof(input));
            }
        }
        Mode = mode;
        Before = before;
    }

    /// <summary>What fills the border.</summary>
    public PadMode Mode { get; }

    /// <summary>Elements added before the first, for each dimension.</summary>
    public ImmutableArray<int> Before { get; }

    /// <inheritdoc/>
    public override string Attributes => $"mode={Mode} before=[{string.Join(",", Before)}]";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Widths(Outputs[0]!.Type, new OfWidth(this, slots));

    /// <summary>[output elements] the input element each one copies; -1 for the fill value.</summary>
    private int[] FindSources()
    {
        TensorShape input = Inputs[0]!.Shape, output = Outputs[0]!.Shape;
        int[] strides = input.Strides();
        int[] sources = new int[output.ElementCount];
        for (int element = 0; element < sources.Length; element++)
        {
            int rest = element;
            for (int axis = output.Rank - 1; axis >= 0; axis--)
            {
                (rest, int position) = Math.DivRem(rest, output[axis]);
                int source = SourceOf(axis, position);
                if (source < 0) sources[element] = -1;
                else if (sources[element] >= 0) sources[element] += source * strides[axis];
            }
        }
        return sources;
    }

    /// <summary>The index along a dimension that an index of the output copies; -1 for the fill value.</summary>
    public int SourceOf(int axis, int position)
    {
        int size = Inputs[0]!.Shape[axis];
        position -= Before[axis];
        if (position >= 0 && position < size) return position;
        switch (Mode)
        {
            case PadMode.Constant: return -1;
            case PadMode.Edge: return Math.Clamp(position, 0, size - 1);
            case PadMode.Wrap: return ((position % size) + size) % size;
            default:
                int period = Math.Max(1, 2 * (size - 1));
                int folded = ((position % period) + period) % period;
                return Math.Min(folded, period - folded) % size;
        }
    }

    private readonly struct OfWidth(PadNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(PadNode node, PlanSlots slots) : NodeKernel where T : unmanaged
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _fill = slots.Of(node.Inputs[1]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly PadRun[] _runs = PadRun.Group(node.FindSources());

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T fill = _fill.IsPresent ? *(T*)context.At(_fill, lane) : default;
                T* input = (T*)context.At(_input, lane);
                T* output = (T*)context.At(_output, lane);
                foreach (PadRun run in _runs)
                {
                    if (run.Source < 0) new Span<T>(output, run.Count).Fill(fill);
                    else if (run.Step == 1) new ReadOnlySpan<T>(input + run.Source, run.Count).CopyTo(new Span<T>(output, run.Count));
                    else Walk(input + run.Source, run.Step, run.Count, output);
                    output += run.Count;
                }
            }
        }

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        private static void Walk(T* input, int step, int count, T* output)
        {
            for (int i = 0; i < count; i++, input += step) output[i] = *input;
        }
    }
}
