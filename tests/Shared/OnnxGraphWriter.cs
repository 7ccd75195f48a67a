using SeqStream.Plan;

namespace SeqStream.TestSupport;

/// <summary>
/// Builds an ONNX graph: a model's main graph, or the body of an If, Loop or Scan. Calls chain; nodes appear in the order of the calls.
/// <code>graph.Input("x", ElementType.Float32, "batch", 8).Node("Relu", ["x"], ["y"]).Output("y", ElementType.Float32, "batch", 8)</code>
/// </summary>
internal sealed class OnnxGraphWriter(string name = "graph")
{
    private readonly ProtobufWriter _nodes = new();
    private readonly ProtobufWriter _rest = new();
    private int _nodeCount;

    public OnnxGraphWriter Input(string name, ElementType type, params ReadOnlySpan<OnnxDimension> dimensions) => Value(11, name, type, dimensions);

    public OnnxGraphWriter Output(string name, ElementType type, params ReadOnlySpan<OnnxDimension> dimensions) => Value(12, name, type, dimensions);

    /// <summary>Declares type and shape of an inner value.</summary>
    public OnnxGraphWriter ValueInfo(string name, ElementType type, params ReadOnlySpan<OnnxDimension> dimensions) => Value(13, name, type, dimensions);

    /// <summary>An output whose type and shape are left to inference.</summary>
    public OnnxGraphWriter Output(string name)
    {
        _rest.Message(12, new ProtobufWriter().String(1, name));
        return this;
    }

    public OnnxGraphWriter Initializer(string name, OnnxTensor tensor)
    {
        _rest.Message(5, tensor.Encode(name));
        return this;
    }

    /// <summary>A float32 initializer.</summary>
    public OnnxGraphWriter Initializer(string name, ReadOnlySpan<long> dimensions, params ReadOnlySpan<float> values)
        => Initializer(name, OnnxTensor.Floats(dimensions, values));

    /// <summary>An int64 vector: axes, shapes, indices.</summary>
    public OnnxGraphWriter Int64s(string name, params ReadOnlySpan<long> values)
        => Initializer(name, OnnxTensor.Int64s([values.Length], values));

    /// <summary>A node named after its operator and position: <c>LSTM_0</c>. An empty input or output name marks an absent optional one.</summary>
    public OnnxGraphWriter Node(string @operator, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<OnnxAttribute> attributes)
        => NamedNode($"{@operator}_{_nodeCount}", "", @operator, inputs, outputs, attributes);

    public OnnxGraphWriter NamedNode(
        string name, string domain, string @operator, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs) node.String(1, input);
        foreach (string output in outputs) node.String(2, output);
        node.String(3, name).String(4, @operator);
        foreach (OnnxAttribute attribute in attributes) node.Message(5, attribute.Encoded);
        if (domain.Length > 0) node.String(7, domain);
        _nodes.Message(1, node);
        _nodeCount++;
        return this;
    }

    public ProtobufWriter Encode() => new ProtobufWriter().Raw(_nodes.ToArray()).String(2, name).Raw(_rest.ToArray());

    private OnnxGraphWriter Value(int field, string name, ElementType type, ReadOnlySpan<OnnxDimension> dimensions)
    {
        ProtobufWriter shape = new();
        foreach (OnnxDimension dimension in dimensions) shape.Message(1, dimension.Encode());
        ProtobufWriter tensor = new ProtobufWriter().Int64(1, (int)type).Message(2, shape);
        _rest.Message(field, new ProtobufWriter().String(1, name).Message(2, new ProtobufWriter().Message(1, tensor)));
        return this;
    }
}
