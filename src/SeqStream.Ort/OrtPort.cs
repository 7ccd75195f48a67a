using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Ort;

/// <summary>One declared input or output of a model.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Declared dimensions, outermost first; none for a scalar, and for an output whose shape the model does not declare.</param>
public sealed record OrtPort(string Name, ElementType Type, ImmutableArray<OrtDimension> Dimensions)
{
    /// <summary>
    /// What an open dimension is called when a caller gives it a value: its symbol, or, where it has none, port and axis, such as <c>state[1]</c>.
    /// Null for a dimension that has a value.
    /// </summary>
    public string? OpenName(int axis) => Dimensions[axis] switch
    {
        { Value: not null } => null,
        { Symbol.Length: > 0 } named => named.Symbol,
        _ => $"{Name}[{axis}]",
    };

    /// <summary><c>state float32 [2, batch, 128]</c>.</summary>
    public override string ToString() => $"{Name} {Type.DisplayName()} [{string.Join(", ", Dimensions)}]";
}
