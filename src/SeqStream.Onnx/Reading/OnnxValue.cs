using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Reading;

/// <summary>A declared input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type; <see cref="ElementType.None"/> where it is no tensor of a type SeqStream knows.</param>
/// <param name="TypeName">The type in words, also where <paramref name="Type"/> cannot say it: <c>float32</c>, <c>string</c>, <c>sequence</c>.</param>
/// <param name="Dimensions">The dimensions; default where the model does not even say how many there are.</param>
public sealed record OnnxValue(string Name, ElementType Type, string TypeName, ImmutableArray<OnnxDimension> Dimensions)
{
    /// <summary>True if the model says how many dimensions there are.</summary>
    public bool HasRank => !Dimensions.IsDefault;

    /// <summary><c>x float32 [batch, 40]</c>.</summary>
    public override string ToString() => $"{Name} {TypeName} {(HasRank ? $"[{string.Join(", ", Dimensions)}]" : "of unknown rank")}";
}
