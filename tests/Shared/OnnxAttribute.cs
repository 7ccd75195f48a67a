namespace SeqStream.TestSupport;

/// <summary>
/// An encoded <c>AttributeProto</c>. Written as a pair, <c>("hidden_size", 16)</c>, it takes its kind from the value:
/// float, int, string, their arrays, a tensor or a subgraph.
/// </summary>
internal sealed class OnnxAttribute
{
    private OnnxAttribute(string name, int kind, Action<ProtobufWriter> writeValue)
    {
        ProtobufWriter attribute = new ProtobufWriter().String(1, name);
        writeValue(attribute);
        Encoded = attribute.Int64(20, kind);
    }

    public ProtobufWriter Encoded { get; }

    public static implicit operator OnnxAttribute((string Name, float Value) pair) => new(pair.Name, 1, a => a.Float(2, pair.Value));

    public static implicit operator OnnxAttribute((string Name, int Value) pair) => (pair.Name, (long)pair.Value);

    public static implicit operator OnnxAttribute((string Name, long Value) pair) => new(pair.Name, 2, a => a.Int64(3, pair.Value));

    public static implicit operator OnnxAttribute((string Name, string Value) pair) => new(pair.Name, 3, a => a.String(4, pair.Value));

    public static implicit operator OnnxAttribute((string Name, OnnxTensor Value) pair) => new(pair.Name, 4, a => a.Message(5, pair.Value.Encode()));

    public static implicit operator OnnxAttribute((string Name, OnnxGraphWriter Value) pair) => new(pair.Name, 5, a => a.Message(6, pair.Value.Encode()));

    public static implicit operator OnnxAttribute((string Name, float[] Value) pair) => new(pair.Name, 6, a =>
    {
        foreach (float value in pair.Value) a.Float(7, value);
    });

    public static implicit operator OnnxAttribute((string Name, int[] Value) pair) => (pair.Name, Array.ConvertAll(pair.Value, static value => (long)value));

    public static implicit operator OnnxAttribute((string Name, long[] Value) pair) => new(pair.Name, 7, a =>
    {
        foreach (long value in pair.Value) a.Int64(8, value);
    });

    public static implicit operator OnnxAttribute((string Name, string[] Value) pair) => new(pair.Name, 8, a =>
    {
        foreach (string value in pair.Value) a.String(9, value);
    });
}
