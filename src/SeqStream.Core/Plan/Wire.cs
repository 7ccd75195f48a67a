namespace SeqStream.Plan;

/// <summary>
/// One value of a <see cref="StepPlan"/>: what a node writes once per lane and step and later nodes read.
/// Type and shape are those of a single lane (batch size 1); a batch lays lanes one after the other.
/// A constant wire has the same value for every lane and step.
/// </summary>
public sealed class Wire
{
    private readonly Wire? _root;

    /// <summary>Creates a wire that a node, the caller or a state field fills.</summary>
    public Wire(string name, ElementType type, TensorShape shape)
    {
        Name = name;
        Type = type;
        Shape = shape;
    }

    /// <summary>Creates a constant wire.</summary>
    public Wire(string name, ConstantTensor constant)
    {
        ArgumentNullException.ThrowIfNull(constant);
        Name = name;
        Type = constant.Type;
        Shape = constant.Shape;
        Constant = constant;
    }

    /// <summary>Creates a view: the value of another wire, under another shape with as many elements. It has no buffer of its own and costs nothing.</summary>
    /// <exception cref="ArgumentException">The shapes have different numbers of elements.</exception>
    public Wire(string name, Wire source, TensorShape shape)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (shape.ElementCount != source.Shape.ElementCount) throw new ArgumentException($"'{source}' has {source.Shape.ElementCount} elements and cannot be seen as '{name}' {shape}.", nameof(shape));
        Name = name;
        Type = source.Type;
        Shape = shape;
        Constant = source.Constant?.WithShape(shape);
        _root = source.Constant is null ? source.Root : null;
    }

    /// <summary>The value's name in the model, unique within a plan.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>One lane's dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>The value of a constant wire, otherwise null.</summary>
    public ConstantTensor? Constant { get; }

    /// <summary>The wire whose buffer holds the value: the wire itself, unless it is a view.</summary>
    public Wire Root => _root ?? this;

    /// <summary>Bytes of one lane's value.</summary>
    public int ByteCount => checked(Shape.ElementCount * Type.ByteSize());

    /// <summary><c>name float32 [1, 40]</c>.</summary>
    public override string ToString() => $"{Name} {Type.DisplayName()} {Shape}{(Constant is null ? "" : " constant")}";
}
