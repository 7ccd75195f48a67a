using System.Globalization;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>
/// The ONNX graph of a step plan while its nodes are written one after the other. A value of the graph is a name. The value of a wire has the wire's shape behind a
/// dimension that counts streams; with one stream there is no such dimension. Constants have their own shape alone and are shared by all streams.
/// </summary>
internal sealed class StepGraph
{
    /// <summary>The dimension of streams in a Reshape: what is left.</summary>
    private const int Rest = -1;

    private readonly Dictionary<StateField, string> _states = [];
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private Dictionary<Wire, string> _values = [];
    private Dictionary<(Wire Root, string Shape), string> _views = [];
    private Dictionary<string, string> _once = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly string _model;
    private readonly int? _streams;
    private StepNode? _node;
    private string? _firstInput;

    public StepGraph(string model, ModelFile file, StepModelOptions options, int opset)
    {
        _model = model;
        _streams = options.Streams;
        File = file;
        Decompose = options.Decompose;
        Opset = opset;
    }

    /// <summary>What is written to.</summary>
    public ModelFile File { get; }

    /// <summary>True if recurrent layers are written without ONNX's recurrent operators.</summary>
    public bool Decompose { get; }

    /// <summary>The version of the operators.</summary>
    public int Opset { get; }

    /// <summary>1 if values have a dimension of streams in front, otherwise 0: what to add to an axis of a wire.</summary>
    public int Lead => _streams == 1 ? 0 : 1;

    /// <summary>The number of streams as Reshape takes it: a number, or -1 for an open one.</summary>
    public int Streams => _streams ?? Rest;

    /// <summary>Starts a node of the plan: names and refusals say so.</summary>
    public void Begin(StepNode node) => _node = node;

    /// <summary>A name that the graph does not have yet.</summary>
    public string Unique(string name)
    {
        string unique = name;
        for (int copy = 2; !_names.Add(unique); copy++) unique = string.Create(CultureInfo.InvariantCulture, $"{name}~{copy}");
        return unique;
    }

    /// <summary>The dimensions of a port: those of the plan, or the streams in front, in place of a dimension of size 1 there. An open number of streams is negative.</summary>
    public long[] PortOf(TensorShape shape)
    {
        long[] own = [.. shape.Dimensions.Select(static size => (long)size)];
        return Lead == 0 ? own : IsBatched(shape) ? [Streams, .. own[1..]] : [Streams, .. own];
    }

    /// <summary>True if a port of this shape has a first dimension that can count streams.</summary>
    public static bool IsBatched(TensorShape shape) => shape.Rank > 0 && shape[0] == 1;

    /// <summary>Declares an input of the model that fills a wire.</summary>
    public void Input(Wire wire) => _values[wire] = Port(Unique(wire.Name), wire.Type, wire.Shape);

    /// <summary>Declares the input of a state, whose name is taken already.</summary>
    public void State(StateField field, string name) => _states[field] = Port(name, field.Type, field.Shape);

    /// <summary>Declares an output of the model.</summary>
    public void Output(string name, ElementType type, TensorShape shape, string value)
    {
        long[] port = PortOf(shape);
        if (port.Length == shape.Rank + Lead) File.Node(name, "Identity", [value], [name], []);
        else File.Node(name, "Reshape", [value, Int64s(port)], [name], []);
        File.Output(name, type, port);
    }

    /// <summary>Declares the rows of all streams' states, and takes those of this call's streams.</summary>
    /// <param name="field">The state.</param>
    /// <param name="name">The input's name, which is taken already.</param>
    /// <param name="slots">int64 [streams] the row of each.</param>
    public void Rows(StateField field, string name, string slots)
    {
        long[] port = PortOf(field.Shape);
        File.Input(name, field.Type, [ModelFile.AllStreams, .. port[1..]]);
        string rows = Node("Gather", [name, slots], ("axis", 0));
        _states[field] = port.Length == field.Shape.Rank + Lead ? rows : Reshape(rows, field.Shape.Dimensions.AsSpan());
    }

    /// <summary>Declares the rows of all streams' states with those of this call's streams replaced.</summary>
    public void RowsAfter(StateField field, string name, string rows, string slots)
    {
        long[] port = PortOf(field.Shape);
        string own = port.Length == field.Shape.Rank + Lead ? _states[field] : Node("Reshape", [_states[field], Int64s(port)]);
        File.Node(name, "ScatterND", [rows, Node("Unsqueeze", [slots, Int64s(1)]), own], [name], []);
        File.Output(name, field.Type, [ModelFile.AllStreams, .. port[1..]]);
    }

    /// <summary>The state before this node.</summary>
    public string Read(StateField field) => _states[field];

    /// <summary>Changes a state for the nodes that follow, and for the next step.</summary>
    public void Write(StateField field, string value) => _states[field] = value;

    /// <summary>The value of a wire: behind the dimension of streams, or alone if it is a constant.</summary>
    public string Of(Wire wire)
    {
        if (wire.Constant is { } constant) return Constant(constant, wire.Name);
        if (_values.TryGetValue(wire, out string? value)) return value;
        (Wire, string) view = (wire.Root, wire.Shape.ToString());
        if (_views.TryGetValue(view, out string? known)) return known;
        string source = _values[wire.Root];
        return _views[view] = wire.Shape == wire.Root.Shape ? source : Reshape(source, wire.Shape.Dimensions.AsSpan());
    }

    /// <summary>The value of a wire behind the dimension of streams, also of a constant.</summary>
    public string Spread(Wire wire) => wire.Constant is { } constant && Lead == 1 ? Spread(constant, wire.Name) : Of(wire);

    /// <summary>A constant, repeated for each stream.</summary>
    public string Spread(ConstantTensor constant, string name)
    {
        string value = Constant(constant, name);
        if (Lead == 0) return value;
        string shape = Node("Concat", [StreamCount(), Int64s([.. constant.Shape.Dimensions.Select(static size => (long)size)])], ("axis", 0));
        return Node("Expand", [value, shape]);
    }

    /// <summary>A wire's value seen as [streams, dimensions...].</summary>
    public string As(Wire wire, params ReadOnlySpan<int> dimensions) => wire.Shape == new TensorShape(dimensions) ? Spread(wire) : Reshape(Spread(wire), dimensions);

    /// <summary>Values that broadcast to each other as the wires do; at least one has the dimension of streams.</summary>
    public string[] Operands(int rank, params ReadOnlySpan<Wire> wires)
    {
        string[] values = new string[wires.Length];
        bool isShared = true;
        for (int index = 0; index < wires.Length; index++)
        {
            values[index] = Aligned(wires[index], rank);
            isShared &= wires[index].Constant is not null;
        }
        if (isShared) values[0] = As(wires[0], Padded(wires[0].Shape, rank).Dimensions.AsSpan());
        return values;
    }

    /// <summary>The value of a wire, so that it broadcasts to one of <paramref name="rank"/> dimensions behind the streams.</summary>
    public string Aligned(Wire wire, int rank)
        => Lead == 0 || wire.Constant is not null || wire.Shape.Rank == rank ? Of(wire) : Reshape(Of(wire), Padded(wire.Shape, rank).Dimensions.AsSpan());

    /// <summary>The shape to which wires broadcast, as <see cref="Operands"/> shows them.</summary>
    public TensorShape Combined(int rank, params ReadOnlySpan<Wire> wires)
    {
        TensorShape combined = Lead == 1 ? Padded(new TensorShape(), rank) : new TensorShape();
        foreach (Wire wire in wires) Operators.Broadcasting.TryCombine(combined, wire.Shape, out combined);
        return combined;
    }

    /// <summary>Says what a wire's value is.</summary>
    /// <param name="wire">The wire.</param>
    /// <param name="value">A value behind the dimension of streams.</param>
    /// <param name="shape">The value's shape without that dimension: the wire's, or another with as many elements, or one that broadcasts to it.</param>
    public void Set(Wire wire, string value, TensorShape shape)
    {
        if (shape != wire.Shape)
        {
            value = shape.ElementCount == wire.Shape.ElementCount
                ? Reshape(value, wire.Shape.Dimensions.AsSpan())
                : Node("Expand", [value, Int64s(Lead == 0 ? [.. Sizes(wire.Shape)] : [1, .. Sizes(wire.Shape)])]);
        }
        _values[wire] = value;
    }

    /// <summary>Says what a wire's value is, of the wire's own shape.</summary>
    public void Set(Wire wire, string value) => Set(wire, value, wire.Shape);

    /// <summary>Adds a node with one output and answers that.</summary>
    public string Node(string @operator, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes) => Node(@operator, 1, inputs, attributes)[0];

    /// <summary>Adds a node with several outputs and answers them.</summary>
    public string[] Node(string @operator, int outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        string name = Unique($"{_node?.Name ?? "step"}/{@operator}");
        string[] values = new string[outputs];
        for (int index = 0; index < outputs; index++) values[index] = outputs == 1 ? name : Unique(string.Create(CultureInfo.InvariantCulture, $"{name}:{index}"));
        File.Node(name, @operator, inputs, values, attributes);
        return values;
    }

    /// <summary>The value as [streams, dimensions...].</summary>
    public string Reshape(string value, params ReadOnlySpan<int> dimensions)
    {
        long[] sizes = [.. new TensorShape(dimensions).Dimensions.Select(static size => (long)size)];
        return ReshapeAll(value, Lead == 0 ? sizes : [Streams, .. sizes]);
    }

    /// <summary>The value under a shape that says where the streams are itself; -1 is what is left.</summary>
    public string ReshapeAll(string value, params ReadOnlySpan<long> dimensions)
    {
        if (!dimensions.Contains(0)) return Node("Reshape", [value, Int64s(dimensions)]);
        if (dimensions.Contains(-1)) throw Refuse("it has no elements, and the number of streams is open", "Write the model for a fixed number of streams");
        return Node("Reshape", [value, Int64s(dimensions)], ("allowzero", 1));
    }

    /// <summary>An int64 vector.</summary>
    public string Int64s(params ReadOnlySpan<long> values)
    {
        ConstantTensor tensor = ConstantTensor.Int64(new TensorShape(values.Length), values);
        return Constant(tensor, "sizes");
    }

    /// <summary>A graph inside this one, the body of a node. It reads all values that there are; those it makes are unknown after it.</summary>
    public ProtobufWriter Body(Action write)
    {
        (Dictionary<Wire, string> values, Dictionary<(Wire Root, string Shape), string> views, Dictionary<string, string> once, StepNode? node) = (_values, _views, _once, _node);
        (_values, _views, _once) = (new(values), new(views), new(once, StringComparer.Ordinal));
        ProtobufWriter body = File.Body(Unique($"{node?.Name ?? "step"}/body"), write);
        (_values, _views, _once, _node) = (values, views, once, node);
        return body;
    }

    /// <summary>Declares an input of a body: a value behind the dimension of streams.</summary>
    public string BodyInput(string name, ElementType type, TensorShape shape)
    {
        string input = Unique(name);
        File.Input(input, type, Behind(shape));
        return input;
    }

    /// <summary>Declares an output of a body: a value behind the dimension of streams.</summary>
    public void BodyOutput(string value, ElementType type, TensorShape shape) => File.Output(Node("Identity", [value]), type, Behind(shape));

    private long[] Behind(TensorShape shape) => Lead == 0 ? [.. Sizes(shape)] : [Streams, .. Sizes(shape)];

    /// <summary>A constant of no dimensions.</summary>
    public string Scalar(ElementType type, double value) => Constant(Scalars.Of(type, value), "number");

    /// <summary>A float32 constant.</summary>
    public string Floats(TensorShape shape, ReadOnlySpan<float> values, string name) => Constant(ConstantTensor.Float32(shape, values), name);

    /// <summary>A constant of any of ONNX's types, little-endian and row-major.</summary>
    public string Raw(string name, int type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        string key = $"{name} {type} {string.Join(',', shape.ToArray())} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))}";
        if (_constants.TryGetValue(key, out string? known)) return known;
        string unique = Unique(name);
        File.Initializer(unique, type, shape, bytes);
        return _constants[key] = unique;
    }

    /// <summary>A constant. Equal small ones are stored once.</summary>
    public string Constant(ConstantTensor tensor, string name)
    {
        const int small = 256;
        string key = tensor.Bytes.Length <= small ? $"{tensor.Type} {tensor.Shape} {Convert.ToHexString(tensor.Bytes)}" : $"{name} {tensor.Type} {tensor.Shape} {Hash(tensor)}";
        if (_constants.TryGetValue(key, out string? known)) return known;
        string unique = Unique(name);
        File.Initializer(unique, tensor);
        return _constants[key] = unique;
    }

    /// <summary>A value that is made only once.</summary>
    public string Once(string key, Func<string> make)
    {
        if (!_once.TryGetValue(key, out string? value)) _once[key] = value = make();
        return value;
    }

    /// <summary>int64 [1]: the number of streams of this call.</summary>
    public string StreamCount() => _streams is { } fixedCount
        ? Int64s(fixedCount)
        : Once("streams", () => Node("Shape", [_firstInput ?? throw Refuse("the model has no input that could say how many streams there are", "Write the model for a fixed number of streams")], ("start", 0), ("end", 1)));

    /// <summary>Ends this attempt if the operators are older than the version that has what a node needs.</summary>
    public void Require(int opset)
    {
        if (Opset < opset) throw new OpsetTooOldException(opset);
    }

    /// <summary>The exception for a node that cannot be written.</summary>
    public StepNotWritableException Refuse(string reason, string remedy) => new(_model, _node?.Name ?? "", _node?.Operator ?? "", reason, remedy);

    private static TensorShape Padded(TensorShape shape, int rank) => new([.. Enumerable.Repeat(1, rank - shape.Rank), .. shape.Dimensions]);

    private static IEnumerable<long> Sizes(TensorShape shape) => shape.Dimensions.Select(static size => (long)size);

    private static string Hash(ConstantTensor tensor) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(tensor.Bytes));

    private string Port(string name, ElementType type, TensorShape shape)
    {
        long[] port = PortOf(shape);
        File.Input(name, type, port);
        _firstInput ??= name;
        return port.Length == shape.Rank + Lead ? name : Reshape(name, shape.Dimensions.AsSpan());
    }
}
