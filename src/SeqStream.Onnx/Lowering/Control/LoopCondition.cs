using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>The condition of a Loop.</summary>
internal static class LoopCondition
{
    /// <summary>True if it is true from the start and the body never changes it.</summary>
    public static bool IsAlwaysTrue(NodeContext node, OnnxGraph body)
    {
        bool starts = node.OptionalInput(1) is not { } given || (given.Constant is { } constant && IsTrue(constant));
        return starts && IsKept(node, body);
    }

    /// <summary>True if the body never makes it false.</summary>
    public static bool IsKept(NodeContext node, OnnxGraph body) => IsKept(node, body, body.Outputs[0].Name, body.Nodes.Length);

    /// <summary>True if it is known to be false from the start.</summary>
    public static bool IsNeverTrue(NodeContext node) => node.OptionalInput(1)?.Constant is { } constant && !IsTrue(constant);

    /// <summary>The condition as a state.</summary>
    public static ScanFormState State(NodeContext node, OnnxGraph body)
        => new(node.OptionalInput(1) is null ? -1 : 1, ConstantTensor.Of(ElementType.Bool, new TensorShape(), (ReadOnlySpan<byte>)[1]), body.Inputs[1].Name, body.Outputs[0].Name, -1);

    /// <summary>The body with the condition that it is given as a stored value: true.</summary>
    public static OnnxGraph WithTrue(OnnxGraph body, string name)
        => body.With(body.Nodes, body.Initializers.SetItem(name, new OnnxTensor(name, ConstantTensor.Of(ElementType.Bool, new TensorShape(), (ReadOnlySpan<byte>)[1]), null)));

    /// <summary>Follows copies back to the condition that the body is given, or to a constant.</summary>
    private static bool IsKept(NodeContext node, OnnxGraph body, string name, int steps)
    {
        if (name == body.Inputs[1].Name) return true;
        if (body.Initializers.TryGetValue(name, out OnnxTensor? stored)) return stored.Value is { } value && IsTrue(value);
        int captured = BodyNames.CapturesOf(node.Node).IndexOf(name);
        if (captured >= 0) return node.OptionalInput(node.Node.Inputs.Length + captured)?.Constant is { } constant && IsTrue(constant);
        OnnxNode? maker = body.Nodes.FirstOrDefault(candidate => candidate.Outputs.Contains(name));
        return steps > 0 && maker switch
        {
            { Domain: "", Operator: "Identity" or "Cast", Inputs.Length: 1 } => IsKept(node, body, maker.Inputs[0], steps - 1),
            { Domain: "", Operator: "Constant" } => maker.Attributes.GetValueOrDefault("value")?.Tensor?.Value is { } value && IsTrue(value),
            _ => false,
        };
    }

    private static bool IsTrue(ConstantTensor value) => value is { Type: ElementType.Bool, Shape.ElementCount: 1 } && value.Values<byte>()[0] != 0;
}
