using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>A graph: the model's own, or one nested in an attribute. Nodes of a nested graph may read values of the graphs around it.</summary>
public sealed class OnnxGraph
{
    /// <summary>The graph's name; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>Declared inputs that no initializer fills.</summary>
    public required ImmutableArray<OnnxValue> Inputs { get; init; }

    /// <summary>Declared outputs.</summary>
    public required ImmutableArray<OnnxValue> Outputs { get; init; }

    /// <summary>Stored tensors by value name.</summary>
    public required ImmutableDictionary<string, OnnxTensor> Initializers { get; init; }

    /// <summary>Nodes in the file's order, in which each should come after those it reads.</summary>
    public required ImmutableArray<OnnxNode> Nodes { get; init; }

    /// <summary>The same graph with other nodes and stored tensors.</summary>
    internal OnnxGraph With(ImmutableArray<OnnxNode> nodes, ImmutableDictionary<string, OnnxTensor> initializers)
        => new() { Name = Name, Inputs = Inputs, Outputs = Outputs, Initializers = initializers, Nodes = nodes };
}
