using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>Running sums along one dimension. Sums of float16 are kept in float32; integers wrap.</summary>
public sealed class CumulativeSumNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="output">The sums, of the same type and shape.</param>
    /// <param name="axis">The dimension, from 0.</param>
    /// <param name="exclusive">True if a sum leaves out the element at its own place.</param>
    /// <param name="reverse">True if sums run from the last element to the first.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public CumulativeSumNode(string name, Wire input, Wire output, int axis, bool exclusive, bool reverse) : base(name, "CumSum", [input], [output])
    {
        if (input.Type != output.Type || input.Shape != output.Shape)
        {
            throw new ArgumentException($"CumSum '{name}' of {input} does not give {output}.", nameof(output));
        }
        Axis = axis;
        Exclusive = exclusive;
        Reverse = reverse;
    }

    /// <summary>The dimension.</summary>
    public int Axis { get; }

    /// <summary>True if a sum leaves out the element at its own place.</summary>
    public bool Exclusive { get; }

    /// <summary>True if sums run from the last element to the first.</summary>
    public bool Reverse { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axis={Axis} exclusive={Exclusive} reverse={Reverse}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
        => Inputs[0]!.Type == ElementType.Float16 ? new Kernel<Half, float>(this, slots) : ElementSwitch.Numbers(Inputs[0]!.Type, new OfNumbers(this, slots));

    private readonly struct OfNumbers(CumulativeSumNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T, T>(node, slots);
    }

    private sealed unsafe class Kernel<T, TSum>(CumulativeSumNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T> where TSum : unmanaged, INumber<TSum>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly AxisSplit _split = new(node.Inputs[0]!.Shape, [node.Axis]);
        private readonly bool _exclusive = node.Exclusive;
        private readonly bool _reverse = node.Reverse;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* input = (T*)context.At(_input, lane);
                T* output = (T*)context.At(_output, lane);
                foreach (int row in _split.Rows) RunRow(input + row, output + row);
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void RunRow(T* x, T* y)
        {
            ReadOnlySpan<int> columns = _split.Columns;
            TSum sum = TSum.Zero;
            for (int i = 0; i < columns.Length; i++)
            {
                int at = columns[_reverse ? columns.Length - 1 - i : i];
                TSum next = sum + TSum.CreateTruncating(x[at]);
                y[at] = T.CreateTruncating(_exclusive ? sum : next);
                sum = next;
            }
        }
    }
}
