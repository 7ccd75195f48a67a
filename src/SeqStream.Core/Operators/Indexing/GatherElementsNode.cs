using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>
/// Picks single elements: output element e is the source's element at e, with its position along one dimension replaced by index e. Indices outside
/// the dimension take its nearest element.
/// </summary>
public sealed class GatherElementsNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="source">The tensor picked from.</param>
    /// <param name="indices">int32 or int64, of the source's rank and the output's shape.</param>
    /// <param name="output">The result.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public GatherElementsNode(string name, Wire source, Wire indices, Wire output, int axis) : base(name, "GatherElements", [source, indices], [output])
    {
        if (!IndexReader.Accepts(indices) || source.Type != output.Type || output.Shape != indices.Shape || !AxisIndexing.Fits(source.Shape, indices.Shape, axis))
        {
            throw new ArgumentException($"GatherElements '{name}' along dimension {axis}: {source} and indices {indices} do not give {output}.", nameof(output));
        }
        Axis = axis;
    }

    /// <summary>The dimension picked along.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Widths(Outputs[0]!.Type, new OfWidth(this, slots));

    private readonly struct OfWidth(GatherElementsNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(GatherElementsNode node, PlanSlots slots) : NodeKernel where T : unmanaged
    {
        private readonly WireSlot _source = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly IndexReader _indices = new(node.Inputs[1]!, slots);
        private readonly AxisIndexing _indexing = new(node.Inputs[0]!.Shape, node.Inputs[1]!.Shape, node.Axis);

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            ReadOnlySpan<int> starts = _indexing.Starts;
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* source = (T*)context.At(_source, lane);
                byte* indices = _indices.At(context, lane);
                T* output = (T*)context.At(_output, lane);
                for (int i = 0; i < starts.Length; i++) output[i] = source[starts[i] + (_indices.Read(indices, i, _indexing.Size) * _indexing.Stride)];
            }
        }
    }
}
