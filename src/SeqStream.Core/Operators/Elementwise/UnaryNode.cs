using System.Globalization;
using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>output = function(input), element by element.</summary>
public sealed class UnaryNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="function">What is computed.</param>
    /// <param name="input">x.</param>
    /// <param name="output">The result, as many elements as the input; bool for <see cref="UnaryFunction.IsNaN"/> and <see cref="UnaryFunction.IsInf"/>, otherwise of its type.</param>
    /// <param name="alpha">First parameter of functions that have one.</param>
    /// <param name="beta">Second parameter of functions that have one.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public UnaryNode(string name, UnaryFunction function, Wire input, Wire output, double alpha = 0, double beta = 0) : base(name, function.ToString(), [input], [output])
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (!TakesIntegers(function)) ElementSwitch.Require(input.Type, ElementType.Float16, ElementType.Float32, ElementType.Float64);
        ElementType expected = function is UnaryFunction.IsNaN or UnaryFunction.IsInf ? ElementType.Bool : input.Type;
        if (output.Type != expected || output.Shape.ElementCount != input.Shape.ElementCount)
        {
            throw new ArgumentException($"{function} '{name}' of {input} gives {expected.DisplayName()} {input.Shape}, but its output is {output}.", nameof(output));
        }
        Function = function;
        Alpha = alpha;
        Beta = beta;
    }

    /// <summary>What is computed.</summary>
    public UnaryFunction Function { get; }

    /// <summary>First parameter.</summary>
    public double Alpha { get; }

    /// <summary>Second parameter.</summary>
    public double Beta { get; }

    /// <inheritdoc/>
    public override string Attributes => Alpha == 0 && Beta == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"alpha={Alpha} beta={Beta}");

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots)
    {
        Wire input = Inputs[0]!, output = Outputs[0]!;
        return new VectorChoice(input, output, choice, slots, Alpha, Beta).Bind(Function) ?? Function switch
        {
            UnaryFunction.Not => new UnaryKernel<Not, byte, byte>(input, output, slots, 0, 0),
            UnaryFunction.BitwiseNot => ElementSwitch.Integers(input.Type, new OfIntegers(this, slots)),
            UnaryFunction.Abs or UnaryFunction.Neg or UnaryFunction.Sign or UnaryFunction.Relu or UnaryFunction.Shrink => ElementSwitch.Numbers(input.Type, new OfNumbers(this, slots)),
            UnaryFunction.IsNaN or UnaryFunction.IsInf => ElementSwitch.Floats(input.Type, new OfTests(this, slots)),
            _ => new FloatFunctions(input, output, slots, Alpha, Beta).Bind(Function),
        };
    }

    private static bool TakesIntegers(UnaryFunction function) => function is UnaryFunction.Not or UnaryFunction.BitwiseNot or UnaryFunction.Abs or UnaryFunction.Neg or UnaryFunction.Sign or UnaryFunction.Relu or UnaryFunction.Shrink;

    private readonly struct OfNumbers(UnaryNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => node.Function switch
        {
            UnaryFunction.Abs => Kernel<Absolute<T>, T>(),
            UnaryFunction.Neg => Kernel<Negate<T>, T>(),
            UnaryFunction.Sign => Kernel<Signum<T>, T>(),
            UnaryFunction.Relu => Kernel<Relu<T>, T>(),
            _ => Kernel<Shrink<T>, T>(),
        };

        private UnaryKernel<TFunction, T, T> Kernel<TFunction, T>() where TFunction : struct, IUnaryFunction<T, T> where T : unmanaged, INumber<T>
            => new(node.Inputs[0]!, node.Outputs[0]!, slots, T.CreateTruncating(node.Alpha), T.CreateTruncating(node.Beta));
    }

    private readonly struct OfIntegers(UnaryNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
            => new UnaryKernel<BitsNot<T>, T, T>(node.Inputs[0]!, node.Outputs[0]!, slots, T.Zero, T.Zero);
    }

    private readonly struct OfTests(UnaryNode node, PlanSlots slots) : IFloatFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            T alpha = T.CreateTruncating(node.Alpha), beta = T.CreateTruncating(node.Beta);
            return node.Function == UnaryFunction.IsNaN
                ? new UnaryKernel<IsNotANumber<T>, T, byte>(node.Inputs[0]!, node.Outputs[0]!, slots, alpha, beta)
                : new UnaryKernel<IsInfinite<T>, T, byte>(node.Inputs[0]!, node.Outputs[0]!, slots, alpha, beta);
        }
    }
}
