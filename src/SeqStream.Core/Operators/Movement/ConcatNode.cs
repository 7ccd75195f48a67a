using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Movement;

/// <summary>Joins tensors along one dimension.</summary>
public sealed class ConcatNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="inputs">At least one, of one element type, equal in all dimensions but <paramref name="axis"/>.</param>
    /// <param name="output">The result: along <paramref name="axis"/> the sum of the inputs' sizes.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public ConcatNode(string name, ImmutableArray<Wire> inputs, Wire output, int axis) : base(name, "Concat", ImmutableArray<Wire?>.CastUp(inputs), [output])
    {
        int sum = 0;
        foreach (Wire input in inputs)
        {
            bool fits = input.Type == output.Type && input.Shape.Rank == output.Shape.Rank;
            for (int i = 0; fits && i < output.Shape.Rank; i++) fits = i == axis || input.Shape[i] == output.Shape[i];
            if (!fits) throw new ArgumentException($"Concat '{name}' along dimension {axis}: {input} does not fit {output}.", nameof(inputs));
            sum += input.Shape[axis];
        }
        if (sum != output.Shape[axis])
        {
            throw new ArgumentException($"Concat '{name}': the inputs have {sum} elements along dimension {axis}, {output} has {output.Shape[axis]}.", nameof(output));
        }
        Axis = axis;
    }

    /// <summary>The dimension along which inputs follow each other.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(this, slots);

    private sealed unsafe class Kernel(ConcatNode node, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot[] _inputs = [.. node.Inputs.Select(slots.Of)];
        private readonly int[] _blockBytes = [.. node.Inputs.Select(wire => wire!.Shape.ElementCountBetween(node.Axis, wire.Shape.Rank) * wire.Type.ByteSize())];
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int _blocks = node.Outputs[0]!.Shape.ElementCountBetween(0, node.Axis);
        private readonly int _outputBlockBytes = node.Outputs[0]!.Shape.ElementCountBetween(node.Axis, node.Outputs[0]!.Shape.Rank) * node.Outputs[0]!.Type.ByteSize();

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* output = context.At(_output, lane);
                for (int i = 0; i < _inputs.Length; i++)
                {
                    byte* input = context.At(_inputs[i], lane);
                    int bytes = _blockBytes[i];
                    for (int block = 0; block < _blocks; block++)
                    {
                        new ReadOnlySpan<byte>(input + ((nint)block * bytes), bytes).CopyTo(new Span<byte>(output + ((nint)block * _outputBlockBytes), bytes));
                    }
                    output += bytes;
                }
            }
        }
    }
}
