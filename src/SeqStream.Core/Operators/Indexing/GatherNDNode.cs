using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>Picks slices by index tuples, the last dimension of the indices. Indices outside a dimension take its nearest slice.</summary>
public sealed class GatherNDNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="source">The tensor picked from.</param>
    /// <param name="indices">int64 [..., tuple].</param>
    /// <param name="output">The result: one slice for each tuple.</param>
    /// <param name="batchDimensions">Leading dimensions that source and indices share.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public GatherNDNode(string name, Wire source, Wire indices, Wire output, int batchDimensions) : base(name, "GatherND", [source, indices], [output])
    {
        BatchDimensions = batchDimensions;
        if (!IndexReader.Accepts(indices) || source.Type != output.Type || !TupleIndexing.Fits(source.Shape, indices.Shape, batchDimensions)
            || new TupleIndexing(source.Shape, indices.Shape, batchDimensions) is var indexing && indexing.Count * indexing.SliceLength != output.Shape.ElementCount)
        {
            throw new ArgumentException($"GatherND '{name}' with {batchDimensions} batch dimensions: {source} and indices {indices} do not give {output}.", nameof(output));
        }
    }

    /// <summary>Leading dimensions that source and indices share.</summary>
    public int BatchDimensions { get; }

    /// <inheritdoc/>
    public override string Attributes => $"batch_dims={BatchDimensions}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(this, slots);

    private sealed unsafe class Kernel(GatherNDNode node, PlanSlots slots) : NodeKernel
    {
        private readonly WireSlot _source = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly IndexReader _indices = new(node.Inputs[1]!, slots);
        private readonly TupleIndexing _indexing = new(node.Inputs[0]!.Shape, node.Inputs[1]!.Shape, node.BatchDimensions);
        private readonly int _elementBytes = node.Outputs[0]!.Type.ByteSize();

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            int bytes = _indexing.SliceLength * _elementBytes;
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* source = context.At(_source, lane);
                byte* indices = _indices.At(context, lane);
                byte* output = context.At(_output, lane);
                for (int i = 0; i < _indexing.Count; i++)
                {
                    byte* slice = source + (_indexing.Locate(_indices, indices, i) * _elementBytes);
                    new ReadOnlySpan<byte>(slice, bytes).CopyTo(new Span<byte>(output, bytes));
                    output += bytes;
                }
            }
        }
    }
}
