using System.Collections.Immutable;
using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Reduction;

/// <summary>Reduces a tensor along some of its dimensions.</summary>
public sealed class ReduceNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="function">What is computed.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="output">The result, one element for each index of the remaining dimensions, which may be kept as size 1.</param>
    /// <param name="axes">The dimensions that go, from 0, each once.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public ReduceNode(string name, ReduceFunction function, Wire input, Wire output, ImmutableArray<int> axes) : base(name, $"Reduce{function}", [input], [output])
    {
        Function = function;
        Axes = axes;
        int remaining = 1;
        for (int axis = 0; axis < input.Shape.Rank; axis++) remaining *= axes.Contains(axis) ? 1 : input.Shape[axis];
        if (input.Type != output.Type || remaining != output.Shape.ElementCount)
        {
            throw new ArgumentException($"Reduce{function} '{name}' of {input} along [{string.Join(", ", axes)}] does not give {output}.", nameof(output));
        }
    }

    /// <summary>What is computed.</summary>
    public ReduceFunction Function { get; }

    /// <summary>The dimensions that go.</summary>
    public ImmutableArray<int> Axes { get; }

    /// <inheritdoc/>
    public override string Attributes => $"axes=[{string.Join(",", Axes)}]";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Inputs[0]!.Type switch
    {
        ElementType.Float16 or ElementType.Float32 or ElementType.Float64 => ElementSwitch.Floats(Inputs[0]!.Type, new OfFloats(this, slots)),
        ElementType type => ElementSwitch.Integers(type, new OfIntegers(this, slots)),
    };

    private NodeKernel Choose<T, TSum>(PlanSlots slots) where T : unmanaged, INumber<T> where TSum : unmanaged, INumber<TSum> => Function switch
    {
        ReduceFunction.Sum => new ReduceKernel<ReduceSum<TSum>, T, TSum>(this, slots),
        ReduceFunction.Mean => new ReduceKernel<ReduceMean<TSum>, T, TSum>(this, slots),
        ReduceFunction.Max => new ReduceKernel<ReduceMax<TSum>, T, TSum>(this, slots),
        ReduceFunction.Min => new ReduceKernel<ReduceMin<TSum>, T, TSum>(this, slots),
        ReduceFunction.Prod => new ReduceKernel<ReduceProd<TSum>, T, TSum>(this, slots),
        ReduceFunction.SumSquare => new ReduceKernel<ReduceSumSquare<TSum>, T, TSum>(this, slots),
        ReduceFunction.L1 => new ReduceKernel<ReduceL1<TSum>, T, TSum>(this, slots),
        ReduceFunction.L2 => new ReduceKernel<ReduceL2<TSum>, T, TSum>(this, slots),
        ReduceFunction.LogSum => new ReduceKernel<ReduceLogSum<TSum>, T, TSum>(this, slots),
        _ => new LogSumExpKernel<T>(this, slots),
    };

    /// <summary>Sums of floats are kept in double.</summary>
    private readonly struct OfFloats(ReduceNode node, PlanSlots slots) : IFloatFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => node.Choose<T, double>(slots);
    }

    /// <summary>Sums of integers wrap.</summary>
    private readonly struct OfIntegers(ReduceNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => node.Choose<T, T>(slots);
    }
}
