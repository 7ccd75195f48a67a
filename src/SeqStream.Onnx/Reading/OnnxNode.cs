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

    /// <summary><c>Gemm /head/Gemm</c>.</summary>
    public override string ToString() => $"{Operator} {Name}";
}
