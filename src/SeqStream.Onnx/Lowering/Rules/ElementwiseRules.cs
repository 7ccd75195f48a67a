using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Arithmetic, comparisons, logic and mathematical functions, element by element.</summary>
internal static class ElementwiseRules
{
    private const int NumpyBroadcasting = 7; // the operator set since which shapes broadcast by themselves

    public static IEnumerable<(string, OperatorRule)> All
    {
        get
        {
            foreach (BinaryFunction function in (BinaryFunction[])[BinaryFunction.Add, BinaryFunction.Sub, BinaryFunction.Mul, BinaryFunction.Div,
                BinaryFunction.Equal, BinaryFunction.Less, BinaryFunction.LessOrEqual, BinaryFunction.Greater, BinaryFunction.GreaterOrEqual,
                BinaryFunction.PRelu, BinaryFunction.And, BinaryFunction.Or, BinaryFunction.Xor,
                BinaryFunction.BitwiseAnd, BinaryFunction.BitwiseOr, BinaryFunction.BitwiseXor])
            {
                yield return (function.ToString(), node => Binary(node, function));
            }
            foreach (UnaryFunction function in (UnaryFunction[])[UnaryFunction.Abs, UnaryFunction.Neg, UnaryFunction.Sign, UnaryFunction.BitwiseNot, UnaryFunction.Not])
            {
                yield return (function.ToString(), node => OfNumbers(node, function));
            }
            foreach (UnaryFunction function in (UnaryFunction[])[UnaryFunction.Floor, UnaryFunction.Ceil, UnaryFunction.Round, UnaryFunction.Sqrt, UnaryFunction.Reciprocal,
                UnaryFunction.Exp, UnaryFunction.Log, UnaryFunction.Erf, UnaryFunction.Sin, UnaryFunction.Cos, UnaryFunction.Tan, UnaryFunction.Asin, UnaryFunction.Acos,
                UnaryFunction.Atan, UnaryFunction.Sinh, UnaryFunction.Cosh, UnaryFunction.Tanh, UnaryFunction.Asinh, UnaryFunction.Acosh, UnaryFunction.Atanh])
            {
                yield return (function.ToString(), node => OfFloats(node, function));
            }
            yield return ("Mod", static node => Binary(node, node.Int("fmod", 0) != 0 ? BinaryFunction.FMod : BinaryFunction.Mod));
            yield return ("Pow", Power);
            yield return ("IsNaN", static node => Test(node, UnaryFunction.IsNaN));
            yield return ("IsInf", static node => Test(node, UnaryFunction.IsInf));
            yield return ("Min", static node => Fold(node, BinaryFunction.Min));
            yield return ("Max", static node => Fold(node, BinaryFunction.Max));
            yield return ("Sum", static node => Fold(node, BinaryFunction.Add));
            yield return ("Mean", Mean);
            yield return ("Clip", Clip);
            yield return ("Where", Where);
            yield return ("Cast", Cast);
            yield return ("CastLike", static node => CastTo(node, node.Input(1).Type));
        }
    }

    private static Lowered Binary(NodeContext node, BinaryFunction function)
    {
        Wire left = node.Input(0), right = Aligned(node, left, node.Input(1));
        bool isLogic = function is BinaryFunction.And or BinaryFunction.Or or BinaryFunction.Xor;
        if (left.Type != right.Type) throw node.Broken($"its inputs are {left.Type.DisplayName()} and {right.Type.DisplayName()}; expected one type");
        if (isLogic && left.Type != ElementType.Bool) throw node.Broken($"its inputs are {left.Type.DisplayName()}; expected bool");
        if (function >= BinaryFunction.BitwiseAnd && NodeContextExtensions.IsFloat(left.Type))
        {
            throw node.Broken($"its inputs are {left.Type.DisplayName()}; expected integers");
        }
        if (!Broadcasting.TryCombine(left.Shape, right.Shape, out TensorShape shape)) throw node.Broken($"{left} and {right} do not broadcast to one shape");
        if (function == BinaryFunction.PRelu && shape != left.Shape) throw node.Broken($"the slope {right} does not broadcast to {left}");
        return new BinaryNode(node.Name, function, left, right, node.Output(0, BinaryNode.IsTest(function) ? ElementType.Bool : left.Type, shape));
    }

    /// <summary>Before shapes broadcast by themselves, attribute 'axis' says where the right side's first dimension lies.</summary>
    private static Wire Aligned(NodeContext node, Wire left, Wire right)
    {
        if (node.Node.Operator == "PRelu" && right.Shape.Rank == 1 && left.Shape.Rank > 2 && node.Opset < NumpyBroadcasting) return Padded(node, right, left.Shape.Rank - 2);
        if (node.Opset >= NumpyBroadcasting || node.Int("broadcast", 0) == 0 || right.Shape.Rank == 0 || right.Shape.Rank >= left.Shape.Rank) return right;
        int axis = node.Axis(node.Int("axis", left.Shape.Rank - right.Shape.Rank), left.Shape.Rank);
        return Padded(node, right, left.Shape.Rank - axis - right.Shape.Rank);
    }

    private static Wire Padded(NodeContext node, Wire wire, int trailing)
    {
        if (trailing <= 0) return wire;
        int[] ones = new int[trailing];
        Array.Fill(ones, 1);
        return new Composition(node).View(wire, new TensorShape([.. wire.Shape.Dimensions, .. ones]));
    }

    private static Lowered OfNumbers(NodeContext node, UnaryFunction function)
    {
        Wire x = node.Input(0);
        if (function == UnaryFunction.Not && x.Type != ElementType.Bool) throw node.Broken($"its input is {x.Type.DisplayName()}; expected bool");
        if (function == UnaryFunction.BitwiseNot && NodeContextExtensions.IsFloat(x.Type))
        {
            throw node.Broken($"its input is {x.Type.DisplayName()}; expected integers");
        }
        return new UnaryNode(node.Name, function, x, node.Output(0, x.Type, x.Shape));
    }

    private static Lowered OfFloats(NodeContext node, UnaryFunction function)
    {
        Wire x = node.FloatInput(0);
        return new UnaryNode(node.Name, function, x, node.Output(0, x.Type, x.Shape));
    }

    private static Lowered Test(NodeContext node, UnaryFunction function)
    {
        Wire x = node.FloatInput(0);
        return new UnaryNode(node.Name, function, x, node.Output(0, ElementType.Bool, x.Shape), node.Int("detect_positive", 1), node.Int("detect_negative", 1));
    }

    private static Lowered Power(NodeContext node)
    {
        Wire x = node.Input(0), exponent = Aligned(node, x, node.Input(1));
        Composition composition = new(node);
        if (NodeContextExtensions.IsFloat(x.Type) || !NodeContextExtensions.IsFloat(exponent.Type))
        {
            if (exponent.Constant is { } constant && constant.Shape.ElementCount == 1 && exponent.Shape.Rank <= x.Shape.Rank && Scalars.First(constant) == 2)
            {
                return composition.Result(composition.Binary(BinaryFunction.Mul, x, x));
            }
            return composition.Result(composition.Binary(BinaryFunction.Pow, x, composition.Cast(exponent, x.Type)));
        }
        Wire power = composition.Binary(BinaryFunction.Pow, composition.Cast(x, ElementType.Float64), composition.Cast(exponent, ElementType.Float64));
        return composition.Result(composition.Cast(power, x.Type));
    }

    private static Lowered Fold(NodeContext node, BinaryFunction function)
    {
        Composition composition = new(node);
        return composition.Result(Fold(composition, function));
    }

    private static Wire Fold(Composition composition, BinaryFunction function)
    {
        Wire result = composition.Node.Input(0);
        for (int i = 1; i < composition.Node.InputCount; i++) result = composition.Binary(function, result, composition.Node.Input(i));
        return result;
    }

    private static Lowered Mean(NodeContext node)
    {
        Composition composition = new(node);
        Wire sum = Fold(composition, BinaryFunction.Add);
        return composition.Result(composition.Binary(BinaryFunction.Div, sum, composition.Constant(sum.Type, node.InputCount)));
    }

    private static Lowered Clip(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.Input(0);
        Wire? min = node.OptionalInput(1), max = node.OptionalInput(2);
        if (node.Opset < 11)
        {
            float low = node.Float("min", float.NegativeInfinity), high = node.Float("max", float.PositiveInfinity);
            min = float.IsNegativeInfinity(low) ? null : composition.Constant(x.Type, low);
            max = float.IsPositiveInfinity(high) ? null : composition.Constant(x.Type, high);
        }
        if (min is not null) x = composition.Binary(BinaryFunction.Max, x, composition.View(min, new TensorShape()));
        if (max is not null) x = composition.Binary(BinaryFunction.Min, x, composition.View(max, new TensorShape()));
        return composition.Result(x);
    }

    private static Lowered Where(NodeContext node)
    {
        Composition composition = new(node);
        return composition.Result(composition.Where(node.Input(0), node.Input(1), node.Input(2)));
    }

    private static Lowered Cast(NodeContext node)
    {
        long to = node.Int("to", 0);
        if (!Enum.IsDefined((ElementType)to) || to == 0)
        {
            throw node.Refuse($"it casts to the ONNX element type number {to}, which SeqStream does not compute with", "Export the model with float, integer or bool tensors");
        }
        return CastTo(node, (ElementType)to);
    }

    private static Lowered CastTo(NodeContext node, ElementType type)
    {
        Wire x = node.Input(0);
        return x.Type == type ? Lowered.Alias(x) : new CastNode(node.Name, x, node.Output(0, type, x.Shape));
    }
}
