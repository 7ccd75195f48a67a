using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Matrix;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Products of integers that stand for numbers: sums are exact in int32, and one float factor scales each at the end, as ONNX Runtime's kernels do.</summary>
internal static class QuantizedProductRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("QLinearMatMul", MatMul),
        ("QLinearConv", Convolution),
        ("ConvInteger", IntegerConvolution),
        ("com.microsoft:QGemm", Gemm),
        ("com.microsoft:MatMulIntegerToFloat", IntegerToFloat),
        ("com.microsoft:DynamicQuantizeMatMul", DynamicMatMul),
        ("com.microsoft:FusedMatMul", FusedMatMul),
    ];

    /// <summary>A wire of one element as a scalar, any other as it is.</summary>
    public static Wire Scalar(Composition composition, Wire wire) => wire.Shape.ElementCount == 1 ? composition.View(wire, new TensorShape()) : wire;

    /// <summary>(A - zero point) * (B - zero point) * scale of A * scale of B, in float32.</summary>
    /// <param name="composition">The operator.</param>
    /// <param name="a">8-bit, its scale and its zero point.</param>
    /// <param name="b">8-bit, its scale, one or one for each column, and its zero point.</param>
    public static Wire Scaled(Composition composition, (Wire Values, Wire Scale, Wire? Zero) a, (Wire Values, Wire Scale, Wire? Zero) b)
    {
        Wire left = MatrixRules.Centered(composition, a.Values, a.Zero, isLeft: true), right = MatrixRules.Centered(composition, b.Values, b.Zero, isLeft: false);
        Wire sum = composition.Cast(MatrixRules.Product(composition, left, right), ElementType.Float32);
        Wire scale = composition.Binary(BinaryFunction.Mul, Scalar(composition, a.Scale), Scalar(composition, b.Scale));
        return composition.Binary(BinaryFunction.Mul, sum, scale);
    }

    /// <summary>round(product * (scaleA * scaleB) / scaleY) + zero point.</summary>
    private static Lowered MatMul(NodeContext node)
    {
        Composition composition = new(node);
        Wire left = MatrixRules.Centered(composition, node.Input(0), node.Input(2), isLeft: true);
        Wire right = MatrixRules.Centered(composition, node.Input(3), node.Input(5), isLeft: false);
        Wire leftScale = composition.Cast(node.Input(1), ElementType.Float32);
        if (leftScale.Shape.Rank == 1 && leftScale.Shape[0] > 1) leftScale = composition.View(leftScale, new TensorShape(leftScale.Shape[0], 1));
        Wire scale = composition.Binary(BinaryFunction.Mul, leftScale, composition.Cast(node.Input(4), ElementType.Float32));
        Wire product = composition.Cast(MatrixRules.Product(composition, left, right), ElementType.Float32);
        Wire real = composition.Binary(BinaryFunction.Mul, product, Scalar(composition, scale));
        Wire outputScale = Scalar(composition, composition.Cast(node.Input(6), ElementType.Float32));
        return composition.Result(QuantizationRules.Quantized(composition, real, outputScale, Scalar(composition, node.Input(7)), node.Input(7).Type));
    }

    /// <summary>round((sum + bias) * (scaleX * scaleW / scaleY)) + zero point; scale and zero point of W may be one for each output channel.</summary>
    private static Lowered Convolution(NodeContext node)
    {
        Composition composition = new(node);
        Wire sum = Sum(composition, node.Input(0), node.Input(2), node.Input(3), node.Input(5), node.OptionalInput(8));
        Wire scale = composition.Binary(BinaryFunction.Mul, Scalar(composition, node.Input(1)), ByChannel(composition, node.Input(4), sum.Shape.Rank, 1));
        Wire factor = composition.Binary(BinaryFunction.Div, scale, Scalar(composition, node.Input(6)));
        Wire real = composition.Binary(BinaryFunction.Mul, composition.Cast(sum, ElementType.Float32), factor);
        return composition.Result(QuantizationRules.Saturated(composition, real, Scalar(composition, node.Input(7)), node.Input(7).Type));
    }

    private static Lowered IntegerConvolution(NodeContext node)
    {
        Composition composition = new(node);
        return composition.Result(Sum(composition, node.Input(0), node.OptionalInput(2), node.Input(1), node.OptionalInput(3), null));
    }

    private static Wire Sum(Composition composition, Wire x, Wire? zeroOfX, Wire weight, Wire? zeroOfWeight, Wire? bias)
    {
        NodeContext node = composition.Node;
        WindowAttributes attributes = WindowAttributes.Read(node, x, weight.Shape.Dimensions.AsSpan()[2..]);
        Window window = attributes.OverInput(x.Shape, ceiling: false, out _);
        Wire left = Centered(composition, x, zeroOfX is null ? null : Scalar(composition, zeroOfX));
        Wire right = Centered(composition, weight, zeroOfWeight is null ? null : ByChannel(composition, zeroOfWeight, weight.Shape.Rank, 0));
        Wire output = composition.Wire(ElementType.Int32, new TensorShape([x.Shape[0], weight.Shape[0], .. window.Output.AsSpan()[^attributes.Rank..]]));
        return composition.Add(new ConvolutionNode(node.Name, left, right, bias, output, window, checked((int)node.Int("group", 1))), output);
    }

    private static Wire Centered(Composition composition, Wire values, Wire? zero)
    {
        Wire wide = composition.Cast(values, ElementType.Int32);
        return zero is null ? wide : composition.Binary(BinaryFunction.Sub, wide, composition.Cast(zero, ElementType.Int32));
    }

    private static Wire ByChannel(Composition composition, Wire vector, int rank, int axis) => vector.Shape.ElementCount == 1 ? Scalar(composition, vector) : composition.Along(vector, axis, rank);

    /// <summary>alpha * scaleA * scaleB * ((A - zero) (B - zero) + C), quantised where there is a scale for it.</summary>
    private static Lowered Gemm(NodeContext node)
    {
        Composition composition = new(node);
        Wire a = MatrixRules.Centered(composition, node.Input(0), Single(composition, node.OptionalInput(2)), isLeft: true);
        bool isTurned = node.Int("transB", 0) != 0;
        Wire? zeroOfB = node.OptionalInput(5) is { Shape.ElementCount: > 1 } zeros ? composition.Along(zeros, isTurned ? 0 : 1, 2) : Single(composition, node.OptionalInput(5));
        Wire b = MatrixRules.Centered(composition, node.Input(3), zeroOfB, isLeft: false);
        MatrixProductOptions options = new(node.Int("transA", 0) != 0, isTurned, 1, 1);
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2) throw node.Broken($"it multiplies {a} and {b}; expected two matrices");
        Wire sum = composition.Wire(ElementType.Int32, new TensorShape(a.Shape[options.TransposeLeft ? 1 : 0], b.Shape[isTurned ? 0 : 1]));
        sum = composition.Add(new MatrixProductNode(node.Name, "QGemm", a, b, node.OptionalInput(6), sum, options), sum);
        Wire scale = composition.Binary(BinaryFunction.Mul, Scalar(composition, node.Input(1)), Scalar(composition, node.Input(4)));
        if (node.Float("alpha", 1) != 1) scale = composition.Binary(BinaryFunction.Mul, scale, composition.Constant(ElementType.Float32, node.Float("alpha", 1)));
        Wire real = composition.Cast(sum, ElementType.Float32);
        if (node.OptionalInput(7) is not { } scaleOfY) return composition.Result(composition.Binary(BinaryFunction.Mul, real, scale));
        Wire factor = composition.Binary(BinaryFunction.Div, scale, Scalar(composition, scaleOfY));
        return composition.Result(QuantizationRules.Saturated(composition, composition.Binary(BinaryFunction.Mul, real, factor), Scalar(composition, node.Input(8)), node.Input(8).Type));
    }

    private static Wire? Single(Composition composition, Wire? wire) => wire is null ? null : Scalar(composition, wire);

    private static Lowered IntegerToFloat(NodeContext node)
    {
        Composition composition = new(node);
        Wire product = Scaled(composition, (node.Input(0), node.Input(2), node.OptionalInput(4)), (node.Input(1), node.Input(3), node.OptionalInput(5)));
        return composition.Result(node.OptionalInput(6) is { } bias ? composition.Binary(BinaryFunction.Add, product, bias) : product);
    }

    /// <summary>A is quantised by its own range.</summary>
    private static Lowered DynamicMatMul(NodeContext node)
    {
        Composition composition = new(node);
        (Wire a, Wire scale, Wire zero) = QuantizationRules.ByRange(composition, node.Input(0));
        Wire product = Scaled(composition, (a, scale, zero), (node.Input(1), node.Input(2), node.OptionalInput(3)));
        return composition.Result(node.OptionalInput(4) is { } bias ? composition.Binary(BinaryFunction.Add, product, bias) : product);
    }

    private static Lowered FusedMatMul(NodeContext node)
    {
        Composition composition = new(node);
        if (node.Int("transBatchA", 0) != 0 || node.Int("transBatchB", 0) != 0) throw node.Refuse("it moves batch dimensions (transBatchA, transBatchB)", "Export the model without this fusion");
        Wire product = MatrixRules.Product(composition, Turned(composition, node.FloatInput(0), "transA"), Turned(composition, node.FloatInput(1), "transB"));
        float alpha = node.Float("alpha", 1);
        return composition.Result(alpha == 1 ? product : composition.Binary(BinaryFunction.Mul, product, composition.Constant(product.Type, alpha)));
    }

    private static Wire Turned(Composition composition, Wire matrix, string attribute)
    {
        int rank = matrix.Shape.Rank;
        if (composition.Node.Int(attribute, 0) == 0 || rank < 2) return matrix;
        int[] order = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
        Wire output = composition.Wire(matrix.Type, new TensorShape([.. matrix.Shape.Dimensions[..^2], matrix.Shape[-1], matrix.Shape[-2]]));
        return composition.Add(Operators.Movement.RearrangeNode.Transpose(composition.Node.Name, matrix, output, order), output);
    }
}
