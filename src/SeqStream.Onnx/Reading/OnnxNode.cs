using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>One operation of a graph.</summary>
public sealed class OnnxNode
{
    /// <summary>The node's name; where the model gives none, the operator and the node's place, such as <c>Gemm#3</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The operator's name.</summary>
    public required string Operator { get; init; }

    /// <summary>The operator set; empty for ONNX's own.</summary>
    public required string Domain { get; init; }

    /// <summary>Names of the values it reads; empty where an optional input is absent.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>Names of the values it makes; empty where an optional output is not wanted.</summary>
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>Attributes by name.</summary>
    public required ImmutableDictionary<string, OnnxAttribute> Attributes { get; init; }

    /// <summary>The same node with a list of integers as an attribute.</summary>
    internal OnnxNode WithInts(string name, ReadOnlySpan<long> values)
        => With(Attributes.SetItem(name, new OnnxAttribute { Name = name, Kind = OnnxAttributeKind.Ints, Ints = [.. values] }));

    /// <summary>The same node without an attribute.</summary>
    internal OnnxNode Without(string attribute) => With(Attributes.Remove(attribute));

    private OnnxNode With(ImmutableDictionary<string, OnnxAttribute> attributes)
        => new() { Name = Name, Operator = Operator, Domain = Domain, Inputs = Inputs, Outputs = Outputs, Attributes = attributes };

    /// <summary><c>Gemm /head/Gemm</c>.</summary>
    public override string ToString() => $"{Operator} {Name}";
}
