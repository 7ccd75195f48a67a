using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>
/// Picks slices along one dimension: an embedding table's rows by token id. An index outside [-size, size) takes the nearest valid slice,
/// because a step cannot fail: check ids before stepping.
/// </summary>
public sealed class GatherNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="source">The tensor picked from.</param>
    /// <param name="indices">int32 or int64, any shape.</param>
    /// <param name="output">The result: the source's shape with dimension <paramref name="axis"/> replaced by the indices' shape.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public GatherNode(string name, Wire source, Wire indices, Wire output, int axis) : base(name, "Gather", [source, indices], [output])
    {
        int slices = source.Shape.ElementCountBetween(0, axis) * source.Shape.ElementCountBetween(axis + 1, source.Shape.Rank);
        if (!IndexReader.Accepts(indices) || source.Type != output.Type || output.Shape.ElementCount != slices * indices.Shape.ElementCount)
        {
            throw new ArgumentException($"Gather '{name}' along dimension {axis}: {source} and indices {indices} do not give {output}.", nameof(output));
        }
        if (source.Shape[axis] == 0 && output.Shape.ElementCount > 0)
        {
            throw new ArgumentException($"Gather '{name}': dimension {axis} of {source} is empty, there is nothing to pick.", nameof(source));
        }
        Axis = axis;
    }

    /// <summary>The dimension picked along.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(this, slots);

    private sealed unsafe class Kernel(GatherNode node, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot _source = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly IndexReader _indices = new(node.Inputs[1]!, slots);
        private readonly int _count = node.Inputs[1]!.Shape.ElementCount;
        private readonly int _outer = node.Inputs[0]!.Shape.ElementCountBetween(0, node.Axis);
        private readonly int _size = node.Inputs[0]!.Shape[node.Axis];
        private readonly int _sliceBytes = node.Inputs[0]!.Shape.ElementCountBetween(node.Axis + 1, node.Inputs[0]!.Shape.Rank) * node.Inputs[0]!.Type.ByteSize();

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* source = context.At(_source, lane);
                byte* indices = _indices.At(context, lane);
                byte* output = context.At(_output, lane);
                for (int outer = 0; outer < _outer; outer++)
                {
                    for (int i = 0; i < _count; i++)
                    {
                        byte* slice = source + (((nint)outer * _size) + _indices.Read(indices, i, _size)) * _sliceBytes;
                        new ReadOnlySpan<byte>(slice, _sliceBytes).CopyTo(new Span<byte>(output, _sliceBytes));
                        output += _sliceBytes;
                    }
                }
            }
        }
    }
}
