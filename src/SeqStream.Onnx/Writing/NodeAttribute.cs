namespace SeqStream.Onnx.Writing;

/// <summary>An attribute of an ONNX node. Written as a pair, <c>("axis", 1)</c>, it takes its kind from the value.</summary>
internal readonly struct NodeAttribute
{
    private const int FloatKind = 1, IntKind = 2, TextKind = 3, FloatsKind = 6, IntsKind = 7, TextsKind = 8;

    private NodeAttribute(string name, int kind, ProtobufWriter value)
    {
        Encoded = new ProtobufWriter().Text(1, name).Fields(value).Integer(20, kind);
    }

    /// <summary>The encoded <c>AttributeProto</c>.</summary>
    public ProtobufWriter Encoded { get; }

    public static implicit operator NodeAttribute((string Name, float Value) pair) => new(pair.Name, FloatKind, new ProtobufWriter().Float(2, pair.Value));

    public static implicit operator NodeAttribute((string Name, int Value) pair) => new(pair.Name, IntKind, new ProtobufWriter().Integer(3, pair.Value));

    public static implicit operator NodeAttribute((string Name, string Value) pair) => new(pair.Name, TextKind, new ProtobufWriter().Text(4, pair.Value));

    public static implicit operator NodeAttribute((string Name, float[] Values) pair) => new(pair.Name, FloatsKind, Each(pair.Values, static (list, value) => list.Float(7, value)));

    public static implicit operator NodeAttribute((string Name, int[] Values) pair) => new(pair.Name, IntsKind, Each(pair.Values, static (list, value) => list.Integer(8, value)));

    public static implicit operator NodeAttribute((string Name, string[] Values) pair) => new(pair.Name, TextsKind, Each(pair.Values, static (list, value) => list.Text(9, value)));

    private static ProtobufWriter Each<T>(T[] values, Action<ProtobufWriter, T> write)
    {
        ProtobufWriter list = new();
        foreach (T value in values) write(list, value);
        return list;
    }
}
