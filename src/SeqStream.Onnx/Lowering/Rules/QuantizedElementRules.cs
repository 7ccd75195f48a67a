using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Element-wise operators on quantised values: dequantise, compute in float32, quantise.</summary>
internal static class QuantizedElementRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("com.microsoft:QLinearAdd", static node => Pair(node, BinaryFunction.Add)),
        ("com.microsoft:QLinearMul", static node => Pair(node, BinaryFunction.Mul)),
        ("com.microsoft:QLinearSigmoid", static node => One(node, UnaryFunction.Sigmoid, 0)),
        ("com.microsoft:QLinearLeakyRelu", static node => One(node, UnaryFunction.LeakyRelu, node.Float("alpha", 0.01f))),
    ];

    private static Lowered Pair(NodeContext node, BinaryFunction function)
    {
        Composition composition = new(node);
        Wire left = Real(composition, 0), right = Real(composition, 3);
        return Quantized(composition, composition.Binary(function, left, right), 6);
    }

    private static Lowered One(NodeContext node, UnaryFunction function, double alpha)
    {
        Composition composition = new(node);
        return Quantized(composition, composition.Unary(function, Real(composition, 0), alpha), 3);
    }

    /// <summary>(values - zero point) * scale; the inputs are values, scale, zero point from <paramref name="first"/> on.</summary>
    private static Wire Real(Composition composition, int first)
    {
        Wire wide = composition.Cast(composition.Node.Input(first), ElementType.Int32);
        if (composition.Node.OptionalInput(first + 2) is { } zero) wide = composition.Binary(BinaryFunction.Sub, wide, composition.Cast(QuantizedProductRules.Scalar(composition, zero), ElementType.Int32));
        return composition.Binary(BinaryFunction.Mul, composition.Cast(wide, ElementType.Float32), QuantizedProductRules.Scalar(composition, composition.Node.Input(first + 1)));
    }

    private static Lowered Quantized(Composition composition, Wire real, int scale)
    {
        NodeContext node = composition.Node;
        Wire? zero = node.OptionalInput(scale + 1) is { } given ? QuantizedProductRules.Scalar(composition, given) : null;
        return composition.Result(QuantizationRules.Quantized(composition, real, QuantizedProductRules.Scalar(composition, node.Input(scale)), zero, zero?.Type ?? node.Input(0).Type));
    }
}
