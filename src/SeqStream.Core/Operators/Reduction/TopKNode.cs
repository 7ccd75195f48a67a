using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>The k largest or smallest elements along one dimension, best first, with their positions; of equal elements the earlier one comes first. NaN comes last.</summary>
public sealed class TopKNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="largest">True for the largest, false for the smallest.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="values">The elements: the input's shape with k, at most its size, along the dimension.</param>
    /// <param name="positions">int64, of the same shape as <paramref name="values"/>.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public TopKNode(string name, bool largest, Wire input, Wire values, Wire positions, int axis) : base(name, "TopK", [input], [values, positions])
    {
        Largest = largest;
        Axis = axis;
        if (values.Type != input.Type || positions.Type != ElementType.Int64 || values.Shape != positions.Shape || values.Shape.Rank != input.Shape.Rank || values.Shape[axis] > input.Shape[axis])
        {
            throw new ArgumentException($"TopK '{name}' of {input} along dimension {axis} does not give {values} and {positions}.", nameof(values));
        }
    }

    /// <summary>True for the largest, false for the smallest.</summary>
    public bool Largest { get; }

    /// <summary>The dimension.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} k={Outputs[0]!.Shape[Axis]} largest={Largest}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Inputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(TopKNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(TopKNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _values = slots.Of(node.Outputs[0]);
        private readonly WireSlot _positions = slots.Of(node.Outputs[1]);
        private readonly AxisSplit _from = new(node.Inputs[0]!.Shape, [node.Axis]);
        private readonly AxisSplit _to = new(node.Outputs[0]!.Shape, [node.Axis]);
        private readonly bool _largest = node.Largest;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* input = (T*)context.At(_input, lane);
                T* values = (T*)context.At(_values, lane);
                long* positions = (long*)context.At(_positions, lane);
                for (int row = 0; row < _to.Rows.Length; row++) Select(input + _from.Rows[row], values + _to.Rows[row], positions + _to.Rows[row]);
            }
        }

        /// <summary>Inserts element after element into the sorted best so far.</summary>
        [MethodImpl(CodeGeneration.Kernel)]
        private void Select(T* x, T* values, long* positions)
        {
            ReadOnlySpan<int> from = _from.Columns, to = _to.Columns;
            int kept = 0;
            for (int i = 0; i < from.Length; i++)
            {
                T value = x[from[i]];
                if (kept == to.Length && (kept == 0 || !IsBetter(value, values[to[kept - 1]]))) continue;
                int at = kept < to.Length ? kept++ : kept - 1;
                for (; at > 0 && IsBetter(value, values[to[at - 1]]); at--)
                {
                    values[to[at]] = values[to[at - 1]];
                    positions[to[at]] = positions[to[at - 1]];
                }
                values[to[at]] = value;
                positions[to[at]] = i;
            }
        }

        private bool IsBetter(T a, T b) => (_largest ? a > b : a < b) || (T.IsNaN(b) && !T.IsNaN(a));
    }
}
