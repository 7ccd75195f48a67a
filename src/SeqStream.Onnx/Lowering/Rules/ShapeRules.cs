using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Operators that only see a tensor under another shape: they cost nothing in a step.</summary>
internal static class ShapeRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Identity", static node => Lowered.Alias(node.Input(0))),
        ("Reshape", Reshape),
        ("Squeeze", Squeeze),
        ("Unsqueeze", Unsqueeze),
        ("Flatten", Flatten),
        ("Dropout", Dropout),
        ("Shape", Shape),
        ("Size", static node => Lowered.Alias(new Wire(node.Output(0, ElementType.Int64, new TensorShape()).Name, Scalars.Of(ElementType.Int64, node.Input(0).Shape.ElementCount)))),
    ];

    private static Lowered Reshape(NodeContext node)
    {
        Wire x = node.Input(0);
        long[] wanted = node.IntsFrom(1, inputSince: 5, "shape") ?? throw node.Broken("it has no shape");
        bool zeroIsZero = node.Int("allowzero", 0) != 0;
        int inferred = -1;
        long known = 1;
        for (int axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == 0 && !zeroIsZero) wanted[axis] = axis < x.Shape.Rank ? x.Shape[axis] : throw node.Broken($"dimension {axis} of the shape is 0, but {x} has no dimension {axis} to copy");
            if (wanted[axis] != -1) known = checked(known * wanted[axis]);
            else if (inferred >= 0) throw node.Broken("two dimensions of the shape are -1");
            else inferred = axis;
        }
        if (inferred >= 0)
        {
            if (known == 0 ? x.Shape.ElementCount != 0 : x.Shape.ElementCount % known != 0)
            {
                throw node.Refuse($"{x} does not fill the shape [{string.Join(", ", wanted)}]", "Export the model with the shapes it is run with");
            }
            wanted[inferred] = known == 0 ? 0 : x.Shape.ElementCount / known;
        }
        return node.View(x, new TensorShape(node.Dimensions(wanted)));
    }

    private static Lowered Squeeze(NodeContext node)
    {
        Wire x = node.Input(0);
        long[]? given = node.IntsFrom(1, inputSince: 13, "axes");
        int[] axes = given is null ? [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => x.Shape[axis] == 1)] : node.Axes(given, x.Shape.Rank);
        foreach (int axis in axes)
        {
            if (x.Shape[axis] != 1)
            {
                throw node.Refuse($"dimension {axis} of {x} is {x.Shape[axis]}; only a dimension of 1 can be dropped", "Export the model with the shapes it is run with");
            }
        }
        return node.View(x, new TensorShape([.. x.Shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]));
    }

    private static Lowered Unsqueeze(NodeContext node)
    {
        Wire x = node.Input(0);
        long[] given = node.IntsFrom(1, inputSince: 13, "axes") ?? throw node.Broken("it has no axes");
        List<int> dimensions = [.. x.Shape.Dimensions];
        foreach (int axis in node.Axes(given, x.Shape.Rank + given.Length)) dimensions.Insert(axis, 1);
        return node.View(x, new TensorShape([.. dimensions]));
    }

    private static Lowered Flatten(NodeContext node)
    {
        Wire x = node.Input(0);
        long given = node.Int("axis", 1);
        int axis = node.Axis(given, given < 0 ? x.Shape.Rank : x.Shape.Rank + 1);
        return node.View(x, new TensorShape(x.Shape.ElementCountBetween(0, axis), x.Shape.ElementCountBetween(axis, x.Shape.Rank)));
    }

    private static Lowered Dropout(NodeContext node)
    {
        Wire x = node.Input(0);
        bool trains = node.Opset >= 12 ? node.OptionalConstantInput(2, "training mode") is { } mode && mode.Bytes[0] != 0 : node.Opset < 7 && node.Int("is_test", 0) == 0;
        if (trains && node.Opset >= 12)
        {
            throw node.Refuse("it is in training mode and would drop values at random", "Export the model in evaluation mode (model.eval())");
        }
        if (!node.Wants(1)) return Lowered.Alias(x);
        ElementType type = node.Opset >= 10 ? ElementType.Bool : x.Type;
        Composition composition = new(node);
        Wire one = composition.Constant(type, 1);
        byte[] bytes = new byte[checked(x.Shape.ElementCount * type.ByteSize())];
        for (int i = 0; i < bytes.Length; i += type.ByteSize()) one.Constant!.Bytes.CopyTo(bytes.AsSpan(i));
        return Lowered.Alias(x, composition.Constant(new ConstantTensor(type, x.Shape, bytes)));
    }

    private static Lowered Shape(NodeContext node)
    {
        ImmutableArray<int> dimensions = node.Input(0).Shape.Dimensions;
        int start = Position(node.Int("start", 0), dimensions.Length), end = Position(node.Int("end", dimensions.Length), dimensions.Length);
        long[] shape = [.. dimensions[start..Math.Max(start, end)].Select(static dimension => (long)dimension)];
        return Lowered.Alias(new Composition(node).Constant(ConstantTensor.Int64(new TensorShape(shape.Length), shape)));
    }

    private static int Position(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);
}
