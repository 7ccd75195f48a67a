namespace SeqStream.TestSupport;

/// <summary>
/// Builds ONNX models for tests, byte by byte, without a protobuf library.
/// <code>
/// OnnxModelWriter model = new();
/// model.Graph.Input("x", ElementType.Float32, "batch", 8).Initializer("w", [8, 4], weights)
///     .Node("MatMul", ["x", "w"], ["y"]).Output("y", ElementType.Float32, "batch", 4);
/// byte[] bytes = model.Metadata("task", "demo").ToBytes();
/// </code>
/// </summary>
internal sealed class OnnxModelWriter(long opset = 17, long irVersion = 8, string graphName = "graph")
{
    private readonly ProtobufWriter _opsets = new ProtobufWriter().Message(8, new ProtobufWriter().String(1, "").Int64(2, opset));
    private readonly ProtobufWriter _metadata = new();

    public OnnxGraphWriter Graph { get; } = new(graphName);

    /// <summary>Imports a further operator set.</summary>
    public OnnxModelWriter Opset(string domain, long version)
    {
        _opsets.Message(8, new ProtobufWriter().String(1, domain).Int64(2, version));
        return this;
    }

    /// <summary>Adds a <c>metadata_props</c> entry.</summary>
    public OnnxModelWriter Metadata(string key, string value)
    {
        _metadata.Message(14, new ProtobufWriter().String(1, key).String(2, value));
        return this;
    }

    public byte[] ToBytes() => new ProtobufWriter().Int64(1, irVersion).String(2, "seqstream-tests").Message(7, Graph.Encode())
        .Raw(_opsets.ToArray()).Raw(_metadata.ToArray()).ToArray();
}
