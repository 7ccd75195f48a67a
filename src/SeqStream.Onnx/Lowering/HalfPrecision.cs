using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Recurrent layers of float16 models: they run in float32, with weights widened when the model is loaded, and answer float16. States in a stream's row stay float32,
/// so a step loses nothing to what it remembers.
/// </summary>
internal static class HalfPrecision
{
    private static readonly ConditionalWeakTable<ConstantTensor, ConstantTensor> s_widened = [];

    /// <summary>Lowers a node by a rule for float32.</summary>
    public static Lowered Lower(NodeContext node, Func<NodeContext, Lowered> single)
    {
        ImmutableArray<Wire?> inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.OptionalInput)];
        if (inputs.All(static wire => wire?.Type != ElementType.Float16)) return single(node);
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        Lowered lowered = single(node.With(node.Node, [.. inputs.Select(wire => wire is null ? null : Widened(node, wire, nodes.Add))]));
        nodes.AddRange(lowered.Nodes);
        bool answersHalf = inputs[0]!.Type == ElementType.Float16;
        ImmutableArray<Wire?> outputs = answersHalf ? [.. lowered.Outputs.Select(wire => wire is null ? null : Narrowed(node, wire, nodes.Add))] : lowered.Outputs;
        return Lowered.Sequence(nodes.ToImmutable(), outputs);
    }

    /// <summary>A float16 value as float32; any other as it is.</summary>
    public static Wire Widened(NodeContext node, Wire wire, Action<StepNode> add)
    {
        if (wire.Type != ElementType.Float16) return wire;
        if (wire.Constant is not null) return new Wire(wire.Name, s_widened.GetValue(wire.Constant, Widen));
        Wire wide = node.Wire(wire.Name + ".float32", ElementType.Float32, wire.Shape);
        add(new CastNode(wide.Name, wire, wide));
        return wide;
    }

    /// <summary>A float32 value as float16.</summary>
    public static Wire Narrowed(NodeContext node, Wire wire, Action<StepNode> add)
    {
        Wire narrow = node.Wire(wire.Name + ".float16", ElementType.Float16, wire.Shape);
        add(new CastNode(narrow.Name, wire, narrow));
        return narrow;
    }

    private static ConstantTensor Widen(ConstantTensor tensor)
    {
        ReadOnlySpan<Half> halves = tensor.Values<Half>();
        float[] wide = new float[halves.Length];
        for (int at = 0; at < wide.Length; at++) wide[at] = (float)halves[at];
        return ConstantTensor.Float32(tensor.Shape, wide).WithStored(StoredConstants.OfHalves(tensor)!);
    }
}
