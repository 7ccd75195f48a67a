using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// What a rule made of an ONNX node: plan nodes in running order (often one, none for an alias or a constant), and for each ONNX output the wire that
/// carries it. A <see cref="StepNode"/> converts implicitly: then the plan node's outputs are the ONNX node's outputs.
/// </summary>
public sealed class Lowered
{
    private Lowered(ImmutableArray<StepNode> nodes, ImmutableArray<Wire?> outputs)
    {
        Nodes = nodes;
        Outputs = outputs;
    }

    /// <summary>The plan nodes in running order.</summary>
    public ImmutableArray<StepNode> Nodes { get; }

    /// <summary>The wire of each ONNX output, in the operator's order; null where nothing makes it. It may be an input's wire or a constant.</summary>
    public ImmutableArray<Wire?> Outputs { get; }

    /// <summary>One plan node whose outputs are those of the ONNX node.</summary>
    public static Lowered From(StepNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new Lowered([node], node.Outputs);
    }

    /// <summary>Several plan nodes that together do what the ONNX node does.</summary>
    public static Lowered Sequence(ImmutableArray<StepNode> nodes, params ImmutableArray<Wire?> outputs) => new(nodes, outputs);

    /// <summary>Nothing to run: the outputs are existing wires of the same type and shape (Identity, Dropout) or constant wires (Constant, Shape).</summary>
    public static Lowered Alias(params ImmutableArray<Wire?> outputs) => new([], outputs);

    /// <summary>One plan node whose outputs are those of the ONNX node.</summary>
    public static implicit operator Lowered(StepNode node) => From(node);
}
