using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Movement;
using SeqStream.Operators.Reduction;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Quantization, as the formulas of its specification.</summary>
internal static class QuantizationRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("QuantizeLinear", Quantize),
        ("DequantizeLinear", Dequantize),
        ("DynamicQuantizeLinear", DynamicQuantize),
    ];

    /// <summary>saturate(round(x / scale) + zero point).</summary>
    private static Lowered Quantize(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.Input(0);
        Wire? zeroPoint = node.OptionalInput(2);
        ElementType type = zeroPoint?.Type ?? (ElementType)node.Int("output_dtype", (long)ElementType.UInt8);
        Wire scale = Placed(composition, node.Input(1), x.Shape);
        Wire? zero = zeroPoint is null ? null : Placed(composition, zeroPoint, x.Shape);
        return composition.Result(Quantized(composition, composition.Cast(x, ElementType.Float32), composition.Cast(scale, ElementType.Float32), zero, type));
    }

    /// <summary>saturate(round(x / scale) + zero point), of float32 elements.</summary>
    public static Wire Quantized(Composition composition, Wire x, Wire scale, Wire? zeroPoint, ElementType type)
        => Saturated(composition, composition.Binary(BinaryFunction.Div, x, scale), zeroPoint, type);

    /// <summary>saturate(round(x) + zero point), of float32 elements.</summary>
    public static Wire Saturated(Composition composition, Wire x, Wire? zeroPoint, ElementType type)
    {
        (int low, int high) = type switch
        {
            ElementType.Int8 => ((int)sbyte.MinValue, (int)sbyte.MaxValue),
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            _ => throw composition.Node.Refuse($"it quantizes to {type.DisplayName()}; SeqStream knows int8, uint8, int16 and uint16", "Quantize the model to 8 or 16 bits"),
        };
        Wire rounded = composition.Unary(UnaryFunction.Round, x);
        if (zeroPoint is not null) rounded = composition.Binary(BinaryFunction.Add, rounded, composition.Cast(zeroPoint, ElementType.Float32));
        Wire bounded = composition.Binary(BinaryFunction.Max, rounded, composition.Constant(ElementType.Float32, low));
        bounded = composition.Binary(BinaryFunction.Min, bounded, composition.Constant(ElementType.Float32, high));
        return composition.Cast(bounded, type);
    }

    /// <summary>(x - zero point) * scale.</summary>
    private static Lowered Dequantize(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.Input(0);
        Wire scale = Placed(composition, node.Input(1), x.Shape);
        Wire wide = composition.Cast(x, ElementType.Int32);
        if (node.OptionalInput(2) is { } zeroPoint) wide = composition.Binary(BinaryFunction.Sub, wide, composition.Cast(Placed(composition, zeroPoint, x.Shape), ElementType.Int32));
        Wire product = composition.Binary(BinaryFunction.Mul, composition.Cast(wide, ElementType.Float32), composition.Cast(scale, ElementType.Float32));
        return composition.Result(composition.Cast(product, scale.Type));
    }

    private static Lowered DynamicQuantize(NodeContext node)
    {
        Composition composition = new(node);
        (Wire quantized, Wire scale, Wire zeroPoint) = ByRange(composition, node.Input(0));
        return composition.Result(quantized, scale, zeroPoint);
    }

    /// <summary>float32 elements as uint8, by the range from the least to the greatest of them and zero.</summary>
    public static (Wire Quantized, Wire Scale, Wire ZeroPoint) ByRange(Composition composition, Wire x)
    {
        Wire zero = composition.Constant(ElementType.Float32, 0), top = composition.Constant(ElementType.Float32, byte.MaxValue);
        Wire low = composition.Binary(BinaryFunction.Min, composition.ReduceAll(ReduceFunction.Min, x), zero);
        Wire high = composition.Binary(BinaryFunction.Max, composition.ReduceAll(ReduceFunction.Max, x), zero);
        Wire scale = composition.Binary(BinaryFunction.Div, composition.Binary(BinaryFunction.Sub, high, low), top);
        // A tensor of zeros has scale 0; dividing by 1 instead keeps its elements at the zero point.
        Wire divisor = composition.Where(composition.Binary(BinaryFunction.Equal, scale, zero), composition.Constant(ElementType.Float32, 1), scale);
        Wire shift = composition.Binary(BinaryFunction.Div, composition.Binary(BinaryFunction.Sub, zero, low), divisor);
        Wire bounded = composition.Binary(BinaryFunction.Min, composition.Binary(BinaryFunction.Max, shift, zero), top);
        Wire zeroPoint = composition.Cast(composition.Unary(UnaryFunction.Round, bounded), ElementType.UInt8);
        return (Quantized(composition, x, divisor, zeroPoint, ElementType.UInt8), scale, zeroPoint);
    }

    /// <summary>Scale or zero point so that it broadcasts: one for all, one for each index of attribute 'axis', or one for each block along it.</summary>
    private static Wire Placed(Composition composition, Wire wire, TensorShape shape)
    {
        NodeContext node = composition.Node;
        if (wire.Shape.ElementCount == 1 && wire.Shape.Rank <= 1) return composition.View(wire, new TensorShape());
        int axis = node.Axis(node.Int("axis", 1), shape.Rank);
        if (wire.Shape.Rank == 1) return composition.Along(wire, axis, shape.Rank);
        int block = (int)node.Int("block_size", 0);
        if (block < 1 || wire.Shape.Rank != shape.Rank || wire.Shape[axis] * (long)block < shape[axis])
        {
            throw node.Broken($"{wire} does not give {shape} a scale in blocks of {block} along dimension {axis}");
        }
        block = Math.Min(block, Math.Max(shape[axis], 1));
        Wire repeated = composition.Add(Repeated(composition, wire, shape, axis, block, out Wire output), output);
        if (repeated.Shape == shape) return repeated;
        Wire cut = composition.Wire(wire.Type, shape); // the last block is not full
        return composition.Add(RearrangeNode.Slice(node.Name, "Slice", repeated, cut, new int[shape.Rank], [.. Enumerable.Repeat(1, shape.Rank)]), cut);
    }

    private static RearrangeNode Repeated(Composition composition, Wire wire, TensorShape shape, int axis, int block, out Wire output)
    {
        NodeContext node = composition.Node;
        int[] strides = wire.Shape.Strides();
        output = composition.Wire(wire.Type, new TensorShape([.. shape.Dimensions[..axis], wire.Shape[axis] * block, .. shape.Dimensions[(axis + 1)..]]));
        return new RearrangeNode(node.Name, "Expand", wire, output,
            [.. shape.Dimensions[..axis], wire.Shape[axis], block, .. shape.Dimensions[(axis + 1)..]],
            [.. strides[..(axis + 1)], 0, .. strides[(axis + 1)..]]);
    }
}
