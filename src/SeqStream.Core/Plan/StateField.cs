namespace SeqStream.Plan;

/// <summary>One thing a stream remembers between steps, and where it lies in the stream's state row.</summary>
public sealed class StateField
{
    /// <summary>Creates a field. Its place in the row is set by <see cref="State.StateLayout"/>.</summary>
    /// <param name="name">Unique within a plan; the model's state input, or node and part such as <c>/gru/GRU.h</c>.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">One lane's dimensions.</param>
    /// <param name="initial">The value a new or reset stream starts from; null for zeros.</param>
    public StateField(string name, ElementType type, TensorShape shape, ConstantTensor? initial = null)
    {
        if (initial is not null && (initial.Type != type || initial.Shape.ElementCount != shape.ElementCount))
        {
            throw new ArgumentException($"State '{name}' is {type.DisplayName()} {shape}, but its initial value is {initial.Type.DisplayName()} {initial.Shape}.", nameof(initial));
        }
        Name = name;
        Type = type;
        Shape = shape;
        Initial = initial;
    }

    /// <summary>Name, unique within a plan.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>One lane's dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>The value of a new or reset stream; null for zeros.</summary>
    public ConstantTensor? Initial { get; }

    /// <summary>Bytes in a state row.</summary>
    public int ByteCount => checked(Shape.ElementCount * Type.ByteSize());
}
