using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Matrix;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Matrix products.</summary>
internal static class MatrixRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Gemm", Gemm),
        ("MatMul", static node =>
        {
            Composition composition = new(node);
            return composition.Result(Product(composition, node.Input(0), node.Input(1)));
        }),
        ("MatMulInteger", MatMulInteger),
    ];

    /// <summary>NumPy's matmul of two wires of one type: vectors get a dimension of 1 that the result does not have.</summary>
    public static Wire Product(Composition composition, Wire left, Wire right)
    {
        NodeContext node = composition.Node;
        if (left.Type != right.Type) throw node.Broken($"its inputs are {left.Type.DisplayName()} and {right.Type.DisplayName()}; expected one type");
        if (left.Shape.Rank == 0 || right.Shape.Rank == 0)
        {
            throw node.Broken($"{left} or {right} is a scalar; expected vectors, matrices or batches of matrices");
        }
        Wire a = left.Shape.Rank == 1 ? composition.View(left, new TensorShape(1, left.Shape[0])) : left;
        Wire b = right.Shape.Rank == 1 ? composition.View(right, new TensorShape(right.Shape[0], 1)) : right;
        if (a.Shape[-1] != b.Shape[-2] || !Broadcasting.TryCombine(Leading(a), Leading(b), out TensorShape batches))
        {
            throw node.Broken($"{left} and {right} cannot be multiplied");
        }
        Wire output = composition.Wire(a.Type, new TensorShape([.. batches.Dimensions, a.Shape[-2], b.Shape[-1]]));
        StepNode product = DenseNode.Accepts(a, b)
            ? new DenseNode(node.Name, "MatMul", a, b, null, output, new MatrixProductOptions(), b.Constant!.Stored?.TryTake(0, isTransposed: true))
            : new MatrixProductNode(node.Name, "MatMul", a, b, null, output, new MatrixProductOptions());
        Wire result = composition.Add(product, output);
        List<int> shape = [.. batches.Dimensions];
        if (left.Shape.Rank > 1) shape.Add(a.Shape[-2]);
        if (right.Shape.Rank > 1) shape.Add(b.Shape[-1]);
        return composition.View(result, new TensorShape([.. shape]));
    }

    private static TensorShape Leading(Wire wire) => new(wire.Shape.Dimensions.AsSpan()[..^2]);

    private static Lowered Gemm(NodeContext node)
    {
        Composition composition = new(node);
        Wire a = node.Input(0), b = node.Input(1);
        Wire? c = node.OptionalInput(2);
        MatrixProductOptions options = new(node.Int("transA", 0) != 0, node.Int("transB", 0) != 0, node.Float("alpha", 1), node.Float("beta", 1));
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2) throw node.Broken($"it multiplies {a} and {b}; expected two matrices");
        if (!NodeContextExtensions.IsFloat(a.Type) && (options.Alpha != MathF.Truncate(options.Alpha) || options.Beta != MathF.Truncate(options.Beta)))
        {
            throw node.Refuse($"it scales {a.Type.DisplayName()} elements by {options.Alpha} and {options.Beta}", "Export it with float elements or whole factors");
        }
        Wire output = composition.Wire(a.Type, new TensorShape(a.Shape[options.TransposeLeft ? 1 : 0], b.Shape[options.TransposeRight ? 0 : 1]));
        if (!DenseNode.Accepts(a, b) || options.TransposeLeft)
        {
            return composition.Result(composition.Add(new MatrixProductNode(node.Name, "Gemm", a, b, c, output, options), output));
        }
        StoredMatrix? stored = options.Alpha == 1 ? b.Constant!.Stored?.TryTake(0, isTransposed: !options.TransposeRight) : null;
        if (c is null || DenseNode.AcceptsBias(c, output.Shape[1]))
        {
            return composition.Result(composition.Add(new DenseNode(node.Name, "Gemm", a, b, c, output, options, stored), output));
        }
        Wire product = composition.Add(new DenseNode(node.Name, "Gemm", a, b, null, output, options, stored), output);
        Wire addend = options.Beta == 1 ? c : composition.Binary(BinaryFunction.Mul, c, composition.Constant(c.Type, options.Beta));
        return composition.Result(composition.Binary(BinaryFunction.Add, product, addend));
    }

    private static Lowered MatMulInteger(NodeContext node)
    {
        Composition composition = new(node);
        Wire left = Centered(composition, node.Input(0), node.OptionalInput(2), isLeft: true);
        Wire right = Centered(composition, node.Input(1), node.OptionalInput(3), isLeft: false);
        return composition.Result(Product(composition, left, right));
    }

    /// <summary>The matrix as int32, its zero point subtracted: one for all, or one for each row on the left and each column on the right.</summary>
    public static Wire Centered(Composition composition, Wire matrix, Wire? zeroPoint, bool isLeft)
    {
        Wire wide = composition.Cast(matrix, ElementType.Int32);
        if (zeroPoint is null) return wide;
        Wire zero = composition.Cast(zeroPoint, ElementType.Int32);
        if (isLeft && zero.Shape.Rank == 1 && zero.Shape[0] > 1) zero = composition.View(zero, new TensorShape(zero.Shape[0], 1));
        return composition.Binary(BinaryFunction.Sub, wide, zero);
    }
}
