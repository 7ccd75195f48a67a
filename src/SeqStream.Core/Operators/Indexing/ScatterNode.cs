using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Operators.Indexing;

/// <summary>
/// Copies a tensor and writes updates into it, in order, at indexed places: single elements along one dimension (ScatterElements) or slices by
/// index tuples (ScatterND). Indices outside a dimension fall on its nearest element.
/// </summary>
public sealed class ScatterNode : StepNode
{
    private ScatterNode(string name, string @operator, Wire source, Wire indices, Wire updates, Wire output, int? axis, ScatterReduction reduction)
        : base(name, @operator, [source, indices, updates], [output])
    {
        Axis = axis;
        Reduction = reduction;
        bool fits = IndexReader.Accepts(indices) && source.Type == output.Type && updates.Type == output.Type && source.Shape == output.Shape;
        fits = fits && (axis is int along
            ? updates.Shape == indices.Shape && AxisIndexing.Fits(source.Shape, indices.Shape, along)
            : TupleIndexing.Fits(source.Shape, indices.Shape, 0) && new TupleIndexing(source.Shape, indices.Shape, 0) is var t && t.Count * t.SliceLength == updates.Shape.ElementCount);
        if (!fits)
        {
            throw new ArgumentException($"{@operator} '{name}': {source}, indices {indices} and updates {updates} do not give {output}.", nameof(output));
        }
    }

    /// <summary>The dimension that single indices replace; null for index tuples.</summary>
    public int? Axis { get; }

    /// <summary>How an update meets the element it falls on.</summary>
    public ScatterReduction Reduction { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} reduction={Reduction}";

    /// <summary>Update e goes to the place of e, its position along <paramref name="axis"/> replaced by index e.</summary>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public static ScatterNode Elements(string name, Wire source, Wire indices, Wire updates, Wire output, int axis, ScatterReduction reduction)
        => new(name, "ScatterElements", source, indices, updates, output, axis, reduction);

    /// <summary>Update slice t goes where index tuple t, along the last dimension of the indices, points.</summary>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public static ScatterNode Tuples(string name, Wire source, Wire indices, Wire updates, Wire output, ScatterReduction reduction)
        => new(name, "ScatterND", source, indices, updates, output, null, reduction);

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Outputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(ScatterNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => node.Reduction switch
        {
            ScatterReduction.None => Choose<Replace<T>, T>(),
            ScatterReduction.Add => Choose<Add<T>, T>(),
            ScatterReduction.Mul => Choose<Multiply<T>, T>(),
            ScatterReduction.Max => Choose<Maximum<T>, T>(),
            _ => Choose<Minimum<T>, T>(),
        };

        private NodeKernel Choose<TFunction, T>() where TFunction : struct, IBinaryFunction<T, T> where T : unmanaged
            => node.Axis is int axis ? new ElementsKernel<TFunction, T>(node, axis, slots) : new TuplesKernel<TFunction, T>(node, slots);
    }

    private readonly struct Replace<T> : IBinaryFunction<T, T>
    {
        public static T Invoke(T a, T b) => b;
    }

    private abstract unsafe class Kernel<T>(ScatterNode node, PlanSlots slots) : NodeKernel where T : unmanaged
    {
        private readonly WireSlot _source = slots.Of(node.Inputs[0]);
        private readonly WireSlot _updates = slots.Of(node.Inputs[2]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly IndexReader _indices = new(node.Inputs[1]!, slots);
        private readonly int _elements = node.Outputs[0]!.Shape.ElementCount;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public sealed override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* output = (T*)context.At(_output, lane);
                new ReadOnlySpan<T>(context.At(_source, lane), _elements).CopyTo(new Span<T>(output, _elements));
                Update(output, _indices, _indices.At(context, lane), (T*)context.At(_updates, lane));
            }
        }

        protected abstract void Update(T* output, IndexReader reader, byte* indices, T* updates);
    }

    private sealed unsafe class ElementsKernel<TFunction, T>(ScatterNode node, int axis, PlanSlots slots) : Kernel<T>(node, slots)
        where TFunction : struct, IBinaryFunction<T, T>
        where T : unmanaged
    {
        private readonly AxisIndexing _indexing = new(node.Inputs[0]!.Shape, node.Inputs[1]!.Shape, axis);

        [MethodImpl(CodeGeneration.Kernel)]
        protected override void Update(T* output, IndexReader reader, byte* indices, T* updates)
        {
            ReadOnlySpan<int> starts = _indexing.Starts;
            for (int i = 0; i < starts.Length; i++)
            {
                T* at = output + starts[i] + (reader.Read(indices, i, _indexing.Size) * _indexing.Stride);
                *at = TFunction.Invoke(*at, updates[i]);
            }
        }
    }

    private sealed unsafe class TuplesKernel<TFunction, T>(ScatterNode node, PlanSlots slots) : Kernel<T>(node, slots)
        where TFunction : struct, IBinaryFunction<T, T>
        where T : unmanaged
    {
        private readonly TupleIndexing _indexing = new(node.Inputs[0]!.Shape, node.Inputs[1]!.Shape, 0);

        [MethodImpl(CodeGeneration.Kernel)]
        protected override void Update(T* output, IndexReader reader, byte* indices, T* updates)
        {
            for (int tuple = 0; tuple < _indexing.Count; tuple++)
            {
                T* at = output + _indexing.Locate(reader, indices, tuple);
                for (int i = 0; i < _indexing.SliceLength; i++, at++) *at = TFunction.Invoke(*at, *updates++);
            }
        }
    }
}
