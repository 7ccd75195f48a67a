using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Questions that many rules ask of a node.</summary>
internal static class NodeContextExtensions
{
    private const string BrokenModel = "Repair the model: the node does not follow the ONNX specification";

    /// <summary>A required floating-point input.</summary>
    public static Wire FloatInput(this NodeContext node, int index)
    {
        Wire wire = node.Input(index);
        return IsFloat(wire.Type) ? wire : throw node.Refuse($"input {index}, {wire}, is {wire.Type.DisplayName()}; expected float16, float32 or float64", "Cast it before the node");
    }

    /// <summary>True for the floating-point types.</summary>
    public static bool IsFloat(ElementType type) => type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64;

    /// <summary>A view: an alias where the shape is the same.</summary>
    public static Lowered View(this NodeContext node, Wire source, TensorShape shape)
    {
        if (source.Shape == shape) return Lowered.Alias(source);
        if (source.Shape.ElementCount != shape.ElementCount)
        {
            throw node.Refuse($"{source} has {source.Shape.ElementCount} elements and cannot become {shape}", "Export the model with the shapes it is run with");
        }
        return Lowered.Alias(new Wire(node.Output(0, source.Type, shape).Name, source, shape));
    }

    /// <summary>Integers from an input, where operators of a later version have it, or else from the attribute of the same name; null if absent.</summary>
    public static long[]? IntsFrom(this NodeContext node, int input, int inputSince, string name)
        => node.Opset >= inputSince ? node.OptionalConstantInput(input, name)?.ToInt64Array() : node.Ints(name);

    /// <summary>Axes as positions from 0, each once, ascending.</summary>
    public static int[] Axes(this NodeContext node, ReadOnlySpan<long> axes, int rank)
    {
        SortedSet<int> positions = [];
        foreach (long axis in axes)
        {
            if (!positions.Add(node.Axis(axis, rank))) throw node.Refuse($"axis {axis} is given twice", BrokenModel);
        }
        return [.. positions];
    }

    /// <summary>Dimensions given as int64, each within the range of int32 and not negative.</summary>
    public static int[] Dimensions(this NodeContext node, ReadOnlySpan<long> dimensions)
    {
        int[] checkedDimensions = new int[dimensions.Length];
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] is < 0 or > int.MaxValue) throw node.Refuse($"dimension {i} is {dimensions[i]}; expected 0 to {int.MaxValue}", BrokenModel);
            checkedDimensions[i] = (int)dimensions[i];
        }
        return checkedDimensions;
    }

    /// <summary>A refusal of a node that breaks the operator's specification.</summary>
    public static LoweringException Broken(this NodeContext node, string reason) => node.Refuse(reason, BrokenModel);
}
