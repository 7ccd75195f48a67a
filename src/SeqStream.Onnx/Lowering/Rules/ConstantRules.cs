using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Operators whose values are known when the plan is built.</summary>
internal static class ConstantRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Constant", Constant),
        ("ConstantOfShape", ConstantOfShape),
        ("Range", Range),
        ("EyeLike", EyeLike),
    ];

    private static Lowered Constant(NodeContext node)
    {
        ConstantTensor? value = node.Tensor("value");
        if (value is null && node.Floats("value_floats") is { } floats) value = ConstantTensor.Float32(new TensorShape(floats.Length), floats);
        if (value is null && node.Ints("value_ints") is { } integers) value = ConstantTensor.Int64(new TensorShape(integers.Length), integers);
        if (value is null && node.OptionalInt("value_int") is { } integer) value = ConstantTensor.Int64(new TensorShape(), integer);
        if (value is null && node.Node.Attributes.ContainsKey("value_float")) value = ConstantTensor.Float32(new TensorShape(), node.Float("value_float", 0));
        if (value is null)
        {
            throw node.Refuse($"its value is given as {string.Join(", ", node.Node.Attributes.Keys)}; expected a tensor, numbers or integers", "Export the model without strings and sparse tensors");
        }
        return Lowered.Alias(new Composition(node).Constant(value));
    }

    private static Lowered ConstantOfShape(NodeContext node)
    {
        TensorShape shape = new(node.Dimensions(node.ConstantInput(0, "shape").ToInt64Array()));
        ConstantTensor value = node.Tensor("value") ?? Scalars.Of(ElementType.Float32, 0);
        int size = value.Type.ByteSize();
        int count = node.ConstantOutput(value.Type, shape).ByteCount;
        byte[] bytes = new byte[count];
        if (value.Bytes[..size].ContainsAnyExcept((byte)0))
        {
            for (int i = 0; i < count; i += size) value.Bytes[..size].CopyTo(bytes.AsSpan(i));
        }
        return Lowered.Alias(new Composition(node).Constant(new ConstantTensor(value.Type, shape, bytes)));
    }

    private static Lowered Range(NodeContext node)
    {
        ConstantTensor start = node.ConstantInput(0, "start"), limit = node.ConstantInput(1, "limit"), delta = node.ConstantInput(2, "delta");
        double first = Scalars.First(start), step = Scalars.First(delta);
        if (step == 0) throw node.Broken("its delta is 0");
        double length = Math.Max(0, Math.Ceiling((Scalars.First(limit) - first) / step));
        if (!(length <= int.MaxValue)) throw node.Broken($"it would have {length} elements");
        int count = node.ConstantOutput(start.Type, new TensorShape((int)length)).Shape.ElementCount;
        int size = start.Type.ByteSize();
        byte[] bytes = new byte[count * size];
        for (int i = 0; i < count; i++) Scalars.Of(start.Type, first + (i * step)).Bytes.CopyTo(bytes.AsSpan(i * size));
        return Lowered.Alias(new Composition(node).Constant(new ConstantTensor(start.Type, new TensorShape(count), bytes)));
    }

    private static Lowered EyeLike(NodeContext node)
    {
        Wire x = node.Input(0);
        if (x.Shape.Rank != 2) throw node.Broken($"{x} is no matrix");
        ElementType type = node.OptionalInt("dtype") is { } number ? (ElementType)number : x.Type;
        byte[] one = Scalars.Of(type, 1).Bytes.ToArray();
        byte[] bytes = new byte[node.ConstantOutput(type, x.Shape).ByteCount];
        for (int row = 0; row < x.Shape[0]; row++)
        {
            long column = row + node.Int("k", 0);
            if (column >= 0 && column < x.Shape[1]) one.CopyTo(bytes, ((row * x.Shape[1]) + column) * one.Length);
        }
        return Lowered.Alias(new Composition(node).Constant(new ConstantTensor(type, x.Shape, bytes)));
    }
}
