using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>One ONNX node being lowered: typed access to its attributes and inputs, and making of its output wires. Indices are those of the operator's specification.</summary>
public sealed class NodeContext
{
    /// <summary>Bytes that one lane's value of a wire may have: 256 MiB.</summary>
    public const long WireBytesLimit = 256L << 20;

    private readonly ImmutableArray<Wire?> _inputs;
    private readonly Func<string, string>? _uniqueName;

    /// <summary>Creates the context of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="opset">Version of the operator set the node belongs to.</param>
    /// <param name="inputs">The wires of its inputs; null where an optional input is absent.</param>
    /// <param name="uniqueName">Turns an output's name into one that no other wire of the plan has; the name itself unless told.</param>
    public NodeContext(OnnxNode node, int opset, ImmutableArray<Wire?> inputs, Func<string, string>? uniqueName = null)
    {
        Node = node;
        Opset = opset;
        _inputs = inputs;
        _uniqueName = uniqueName;
    }

    /// <summary>What lowering the model may still cost; null where nobody counts.</summary>
    internal LoweringBudget? Budget { get; init; }

    /// <summary>The node as the model has it.</summary>
    public OnnxNode Node { get; }

    /// <summary>The node's name, for the plan nodes a rule makes.</summary>
    public string Name => Node.Name;

    /// <summary>Version of the operator set.</summary>
    public int Opset { get; }

    /// <summary>Inputs the node names, absent ones in the middle included.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>Outputs the node names, unwanted ones in the middle included.</summary>
    public int OutputCount => Node.Outputs.Length;

    /// <summary>A required input.</summary>
    /// <exception cref="LoweringException">It is absent.</exception>
    public Wire Input(int index) => OptionalInput(index) ?? throw Refuse(Format($"input {index} is absent, but the operator needs it"), "Repair the model: the node does not follow the ONNX specification");

    /// <summary>An optional input; null if absent.</summary>
    public Wire? OptionalInput(int index) => index < _inputs.Length ? _inputs[index] : null;

    /// <summary>The value of a required input that must be known when the plan is built.</summary>
    /// <param name="index">The input.</param>
    /// <param name="what">What the input is, for the message: <c>axes</c>.</param>
    /// <exception cref="LoweringException">It is absent, or computed from what a step is given.</exception>
    public ConstantTensor ConstantInput(int index, string what) => ValueOf(Input(index), what);

    /// <summary>The value of an optional input that must be known when the plan is built; null if absent.</summary>
    /// <exception cref="LoweringException">It is computed from what a step is given.</exception>
    public ConstantTensor? OptionalConstantInput(int index, string what) => OptionalInput(index) is { } wire ? ValueOf(wire, what) : null;

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long fallback) => OptionalInt(name) ?? fallback;

    /// <summary>An integer attribute; null if absent.</summary>
    public long? OptionalInt(string name) => Attribute(name, OnnxAttributeKind.Int)?.Int;

    /// <summary>A number attribute.</summary>
    public float Float(string name, float fallback) => Attribute(name, OnnxAttributeKind.Float)?.Float ?? fallback;

    /// <summary>A text attribute.</summary>
    public string Text(string name, string fallback) => Attribute(name, OnnxAttributeKind.Text)?.Text ?? fallback;

    /// <summary>A list of integers; null if absent.</summary>
    public long[]? Ints(string name) => Attribute(name, OnnxAttributeKind.Ints) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>A list of numbers; null if absent.</summary>
    public float[]? Floats(string name) => Attribute(name, OnnxAttributeKind.Floats) is { } attribute ? [.. attribute.Floats] : null;

    /// <summary>A list of texts; null if absent.</summary>
    public string[]? Texts(string name) => Attribute(name, OnnxAttributeKind.Texts) is { } attribute ? [.. attribute.Texts] : null;

    /// <summary>A tensor attribute; null if absent.</summary>
    public ConstantTensor? Tensor(string name)
    {
        OnnxTensor? tensor = Attribute(name, OnnxAttributeKind.Tensor)?.Tensor;
        if (tensor is { Refusal: { } refusal }) throw Refuse($"attribute '{name}' cannot be used: {refusal}", "Export the model with float32, integer or bool tensors");
        return tensor?.Value;
    }

    /// <summary>An axis as a position from 0; negative axes count from the end.</summary>
    /// <param name="axis">As the model gives it.</param>
    /// <param name="rank">Number of axes; it may be one more than the input has where a new axis is placed.</param>
    /// <exception cref="LoweringException">There is no such axis.</exception>
    public int Axis(long axis, int rank)
    {
        if (axis < -rank || axis >= rank) throw Refuse(Format($"axis {axis} is outside -{rank} to {rank - 1}"), "Repair the model: the node does not follow the ONNX specification");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>Makes the wire of a required output whose value the rule itself is about to make. It counts as a constant that is kept.</summary>
    /// <exception cref="LoweringException">It would be too large.</exception>
    internal Wire ConstantOutput(ElementType type, TensorShape shape)
    {
        Wire wire = Output(0, type, shape);
        Budget?.Keep(this, wire.ByteCount);
        return wire;
    }

    /// <summary>Makes the wire of a required output. An output that the node leaves unnamed gets a wire too, named after the node.</summary>
    /// <exception cref="LoweringException">One lane's value would be larger than <see cref="WireBytesLimit"/>.</exception>
    public Wire Output(int index, ElementType type, TensorShape shape) => Wire(OutputName(index), type, shape);

    /// <summary>Makes a wire beside the outputs, under a name that no other wire of the plan has.</summary>
    /// <exception cref="LoweringException">One lane's value would be larger than <see cref="WireBytesLimit"/>.</exception>
    internal Wire Wire(string name, ElementType type, TensorShape shape)
    {
        CheckSize(name, type, shape);
        return new Wire(_uniqueName?.Invoke(name) ?? name, type, shape);
    }

    /// <summary>The same place in the plan with another node and other inputs.</summary>
    internal NodeContext With(OnnxNode node, ImmutableArray<Wire?> inputs) => new(node, Opset, inputs, _uniqueName) { Budget = Budget };

    /// <summary>Makes the wire of an optional output; null where the model does not want it.</summary>
    public Wire? OptionalOutput(int index, ElementType type, TensorShape shape) => Wants(index) ? Output(index, type, shape) : null;

    /// <summary>True if the model names the output.</summary>
    public bool Wants(int index) => index < Node.Outputs.Length && Node.Outputs[index].Length > 0;

    /// <summary>A refusal of this node, to be thrown.</summary>
    /// <param name="reason">What was found and what was expected; no full stop.</param>
    /// <param name="remedy">What to do; no full stop.</param>
    public LoweringException Refuse(string reason, string remedy) => new(new Blocker(Node.Name, Node.Operator, reason, remedy));

    private void CheckSize(string name, ElementType type, TensorShape shape)
    {
        long bytes = type.ByteSize();
        foreach (int dimension in shape.Dimensions)
        {
            bytes *= Math.Max(dimension, 1);
            if (bytes > WireBytesLimit) throw Refuse($"'{name}' would be {type.DisplayName()} {shape}, more than the limit of {WireBytesLimit} bytes", "Use a smaller model or smaller dimensions");
        }
    }

    private string OutputName(int index) => Wants(index) ? Node.Outputs[index] : Format($"{Node.Name}.{index}");

    private ConstantTensor ValueOf(Wire wire, string what)
        => wire.Constant ?? throw Refuse($"its {what}, '{wire.Name}', is computed from what a step is given, but must be known when the plan is built", "Export the model with fixed sizes, or give the inputs it depends on as constants");

    private OnnxAttribute? Attribute(string name, OnnxAttributeKind kind)
    {
        if (!Node.Attributes.TryGetValue(name, out OnnxAttribute? attribute)) return null;
        if (attribute.Kind == kind) return attribute;
        throw Refuse($"attribute '{name}' is of kind {attribute.Kind}, expected {kind}", "Repair the model: the node does not follow the ONNX specification");
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
