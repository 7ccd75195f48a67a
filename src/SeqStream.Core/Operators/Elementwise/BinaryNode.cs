using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>output = function(left, right), element by element, both inputs broadcast to the output's shape.</summary>
public sealed class BinaryNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="function">What is computed.</param>
    /// <param name="left">a, of any shape that fits the output's.</param>
    /// <param name="right">b, of the same element type.</param>
    /// <param name="output">The result; bool for comparisons and boolean functions, otherwise of the inputs' type.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public BinaryNode(string name, BinaryFunction function, Wire left, Wire right, Wire output) : base(name, function.ToString(), [left, right], [output])
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(output);
        if (left.Type != right.Type)
        {
            throw new ArgumentException($"{function} '{name}': '{left.Name}' is {left.Type.DisplayName()}, '{right.Name}' is {right.Type.DisplayName()}; expected one type.", nameof(right));
        }
        ElementType expected = IsTest(function) ? ElementType.Bool : left.Type;
        if (output.Type != expected)
        {
            throw new ArgumentException($"{function} '{name}' gives {expected.DisplayName()}, but '{output.Name}' is {output.Type.DisplayName()}.", nameof(output));
        }
        if (!Broadcasting.Fits(left.Shape, output.Shape) || !Broadcasting.Fits(right.Shape, output.Shape))
        {
            throw new ArgumentException($"{function} '{name}': {left.Shape} and {right.Shape} do not both broadcast to {output.Shape}.", nameof(output));
        }
        Function = function;
        Left = left;
        Right = right;
        Output = output;
    }

    /// <summary>What is computed.</summary>
    public BinaryFunction Function { get; }

    /// <summary>a.</summary>
    public Wire Left { get; }

    /// <summary>b.</summary>
    public Wire Right { get; }

    /// <summary>The result.</summary>
    public Wire Output { get; }

    /// <summary>True for the functions that answer bool.</summary>
    public static bool IsTest(BinaryFunction function) => function is >= BinaryFunction.And and <= BinaryFunction.GreaterOrEqual;

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Function switch
    {
        BinaryFunction.And => new BinaryKernel<LogicalAnd, byte, byte>(this, slots),
        BinaryFunction.Or => new BinaryKernel<LogicalOr, byte, byte>(this, slots),
        BinaryFunction.Xor => new BinaryKernel<LogicalXor, byte, byte>(this, slots),
        BinaryFunction.BitwiseAnd or BinaryFunction.BitwiseOr or BinaryFunction.BitwiseXor => ElementSwitch.Integers(Left.Type, new OfIntegers(this, slots)),
        BinaryFunction.Div or BinaryFunction.Mod or BinaryFunction.FMod or BinaryFunction.Pow => Left.Type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64
            ? ElementSwitch.Floats(Left.Type, new OfFloats(this, choice, slots))
            : ElementSwitch.Integers(Left.Type, new OfIntegers(this, slots)),
        _ => ElementSwitch.Numbers(Left.Type, new OfNumbers(this, choice, slots)),
    };

    private readonly struct OfNumbers(BinaryNode node, KernelChoice choice, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => node.Function switch
        {
            BinaryFunction.Add => new VectorBinaryKernel<Add<T>, T>(node, choice, slots),
            BinaryFunction.Sub => new VectorBinaryKernel<Subtract<T>, T>(node, choice, slots),
            BinaryFunction.Mul => new VectorBinaryKernel<Multiply<T>, T>(node, choice, slots),
            BinaryFunction.Min => new VectorBinaryKernel<Minimum<T>, T>(node, choice, slots),
            BinaryFunction.Max => new VectorBinaryKernel<Maximum<T>, T>(node, choice, slots),
            BinaryFunction.PRelu => new BinaryKernel<ParametricRelu<T>, T, T>(node, slots),
            BinaryFunction.Equal => new BinaryKernel<Equal<T>, T, byte>(node, slots),
            BinaryFunction.Less => new BinaryKernel<Less<T>, T, byte>(node, slots),
            BinaryFunction.LessOrEqual => new BinaryKernel<LessOrEqual<T>, T, byte>(node, slots),
            BinaryFunction.Greater => new BinaryKernel<Greater<T>, T, byte>(node, slots),
            _ => new BinaryKernel<GreaterOrEqual<T>, T, byte>(node, slots),
        };
    }

    private readonly struct OfFloats(BinaryNode node, KernelChoice choice, PlanSlots slots) : IFloatFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => node.Function switch
        {
            BinaryFunction.Div => new VectorBinaryKernel<Divide<T>, T>(node, choice, slots),
            BinaryFunction.Mod => new BinaryKernel<Modulus<T>, T, T>(node, slots),
            BinaryFunction.FMod => new BinaryKernel<Remainder<T>, T, T>(node, slots),
            _ => new BinaryKernel<Power<T>, T, T>(node, slots),
        };
    }

    private readonly struct OfIntegers(BinaryNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => node.Function switch
        {
            BinaryFunction.Div => new BinaryKernel<IntegerDivide<T>, T, T>(node, slots),
            BinaryFunction.Mod => new BinaryKernel<IntegerModulus<T>, T, T>(node, slots),
            BinaryFunction.FMod => new BinaryKernel<IntegerRemainder<T>, T, T>(node, slots),
            BinaryFunction.BitwiseAnd => new BinaryKernel<BitsAnd<T>, T, T>(node, slots),
            BinaryFunction.BitwiseOr => new BinaryKernel<BitsOr<T>, T, T>(node, slots),
            BinaryFunction.BitwiseXor => new BinaryKernel<BitsXor<T>, T, T>(node, slots),
            _ => new BinaryKernel<IntegerPower<T>, T, T>(node, slots),
        };
    }
}
