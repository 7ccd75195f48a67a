using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>Collects the parts of an ONNX model and encodes them as the <c>ModelProto</c> of a file. Nodes appear in the order of the calls.</summary>
internal sealed class ModelFile
{
    /// <summary>The name of a dimension without a size that counts the streams of a call: -1.</summary>
    public const string OpenDimension = "batch";

    /// <summary>The size of a dimension that counts all streams there are.</summary>
    public const long AllStreams = -2;

    private const int IrVersion = 8;
    private const int NewIrVersion = 10;
    private const int OpsetOfNewIr = 21;
    private readonly ProtobufWriter _initializers = new();
    private ProtobufWriter _nodes = new();     // these three of the graph that is being written
    private ProtobufWriter _inputs = new();
    private ProtobufWriter _outputs = new();
    private readonly ProtobufWriter _metadata = new();

    /// <summary>Nodes so far.</summary>
    public int NodeCount { get; private set; }

    /// <summary>Declares an input; a size of -1 is <see cref="OpenDimension"/>, <see cref="AllStreams"/> is another open one.</summary>
    public void Input(string name, ElementType type, ReadOnlySpan<long> dimensions) => _inputs.Message(11, Value(name, type, dimensions));

    /// <summary>Declares an output, with sizes as for an input.</summary>
    public void Output(string name, ElementType type, ReadOnlySpan<long> dimensions) => _outputs.Message(12, Value(name, type, dimensions));

    /// <summary>Stores a tensor.</summary>
    public void Initializer(string name, ConstantTensor tensor)
    {
        ProtobufWriter encoded = new();
        foreach (int size in tensor.Shape.Dimensions) encoded.Integer(1, size);
        _initializers.Message(5, encoded.Integer(2, (int)tensor.Type).Text(8, name).Bytes(9, tensor.Bytes));
    }

    /// <summary>Stores a tensor of any of ONNX's types.</summary>
    public void Initializer(string name, int type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        ProtobufWriter encoded = new();
        foreach (int size in shape) encoded.Integer(1, size);
        _initializers.Message(5, encoded.Integer(2, type).Text(8, name).Bytes(9, bytes));
    }

    /// <summary>Adds a node; an empty name is an absent optional input or output.</summary>
    public void Node(string name, string @operator, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, ReadOnlySpan<NodeAttribute> attributes)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs) node.Text(1, input);
        foreach (string output in outputs) node.Text(2, output);
        node.Text(3, name).Text(4, @operator);
        foreach (NodeAttribute attribute in attributes) node.Message(5, attribute.Encoded);
        _nodes.Message(1, node);
        NodeCount++;
    }

    /// <summary>A graph inside this one, the body of a node: the inputs, outputs and nodes that an action declares. Its tensors are stored in the model's own graph, whose values a body can read.</summary>
    public ProtobufWriter Body(string name, Action write)
    {
        (ProtobufWriter nodes, ProtobufWriter inputs, ProtobufWriter outputs) = (_nodes, _inputs, _outputs);
        (_nodes, _inputs, _outputs) = (new ProtobufWriter(), new ProtobufWriter(), new ProtobufWriter());
        write();
        ProtobufWriter body = new ProtobufWriter().Fields(_nodes).Text(2, name).Fields(_inputs).Fields(_outputs);
        (_nodes, _inputs, _outputs) = (nodes, inputs, outputs);
        return body;
    }

    /// <summary>Adds a metadata property.</summary>
    public void Metadata(string key, string value) => _metadata.Message(14, new ProtobufWriter().Text(1, key).Text(2, value));

    /// <summary>The file.</summary>
    /// <param name="graphName">The graph's name.</param>
    /// <param name="opset">Version of ONNX's own operators.</param>
    /// <param name="producer">Who writes.</param>
    /// <param name="description">For people.</param>
    public byte[] Encode(string graphName, int opset, string producer, string description)
    {
        ProtobufWriter graph = new ProtobufWriter().Fields(_nodes).Text(2, graphName).Fields(_initializers).Fields(_inputs).Fields(_outputs);
        return new ProtobufWriter().Integer(1, opset < OpsetOfNewIr ? IrVersion : NewIrVersion).Text(2, producer).Text(6, description).Message(7, graph)
            .Message(8, new ProtobufWriter().Text(1, "").Integer(2, opset)).Fields(_metadata).Written.ToArray();
    }

    private static ProtobufWriter Value(string name, ElementType type, ReadOnlySpan<long> dimensions)
    {
        ProtobufWriter shape = new();
        foreach (long size in dimensions) shape.Message(1, size < 0 ? new ProtobufWriter().Text(2, size == AllStreams ? "slots" : OpenDimension) : new ProtobufWriter().Integer(1, size));
        ProtobufWriter tensor = new ProtobufWriter().Integer(1, (int)type).Message(2, shape);
        return new ProtobufWriter().Text(1, name).Message(2, new ProtobufWriter().Message(1, tensor));
    }
}
