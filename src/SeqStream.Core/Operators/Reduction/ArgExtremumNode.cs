using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>The position of the largest or smallest element along one dimension, as int64. NaN is never larger or smaller.</summary>
public sealed class ArgExtremumNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="largest">True for ArgMax, false for ArgMin.</param>
    /// <param name="takeLast">Which of several equal elements counts: the last or the first.</param>
    /// <param name="input">The tensor, at least one element along the dimension.</param>
    /// <param name="output">int64, one element for each index of the other dimensions.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public ArgExtremumNode(string name, bool largest, bool takeLast, Wire input, Wire output, int axis) : base(name, largest ? "ArgMax" : "ArgMin", [input], [output])
    {
        Largest = largest;
        TakeLast = takeLast;
        Axis = axis;
        if (output.Type != ElementType.Int64 || input.Shape[axis] < 1 || input.Shape.ElementCount / input.Shape[axis] != output.Shape.ElementCount)
        {
            throw new ArgumentException($"{Operator} '{name}' of {input} along dimension {axis} does not give {output}.", nameof(output));
        }
    }

    /// <summary>True for ArgMax, false for ArgMin.</summary>
    public bool Largest { get; }

    /// <summary>True if the last of equal elements counts.</summary>
    public bool TakeLast { get; }

    /// <summary>The dimension.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} select_last_index={TakeLast}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Inputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(ArgExtremumNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(ArgExtremumNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly AxisSplit _split = new(node.Inputs[0]!.Shape, [node.Axis]);
        private readonly bool _largest = node.Largest;
        private readonly bool _takeLast = node.TakeLast;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* input = (T*)context.At(_input, lane);
                long* output = (long*)context.At(_output, lane);
                foreach (int row in _split.Rows) *output++ = Find(input + row);
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private long Find(T* x)
        {
            ReadOnlySpan<int> columns = _split.Columns;
            T best = *x;
            int at = 0;
            for (int i = 1; i < columns.Length; i++)
            {
                T value = x[columns[i]];
                if ((_largest ? value > best : value < best) || (_takeLast && value == best))
                {
                    best = value;
                    at = i;
                }
            }
            return at;
        }
    }
}
