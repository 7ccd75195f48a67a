using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>One ONNX node that a walk has lowered.</summary>
/// <param name="Node">The ONNX node.</param>
/// <param name="Opset">Version of its operator set.</param>
/// <param name="Inputs">The wires it reads.</param>
/// <param name="Sources">The steps that make what it reads.</param>
/// <param name="Nodes">The plan nodes it became; none for an alias or a folded constant.</param>
/// <param name="Outputs">The wires of its outputs.</param>
internal sealed record TraceStep(
    OnnxNode Node, int Opset, ImmutableArray<Wire?> Inputs, ImmutableArray<TraceStep> Sources, ImmutableArray<StepNode> Nodes, ImmutableArray<Wire?> Outputs)
{
    /// <summary>True if every wire it reads is a constant: then it is run once, while the plan is built.</summary>
    public bool HasConstantInputs => AreConstant(Inputs);

    /// <summary>True if there is nothing left of it at run time: its outputs are folded, or follow from shapes alone.</summary>
    public bool IsConstant => AreConstant(Outputs);

    private static bool AreConstant(ImmutableArray<Wire?> wires) => wires.All(static wire => wire is null || wire.Constant is not null);
}
