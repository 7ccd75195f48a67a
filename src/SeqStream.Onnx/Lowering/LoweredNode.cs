using System.Collections.Immutable;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>What became of one ONNX node, for reports and for comparing plans value by value.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Form">What became of it.</param>
/// <param name="Nodes">The plan nodes it became.</param>
/// <param name="Outputs">Its values, without those that do not exist.</param>
public sealed record LoweredNode(string Name, string Operator, NodeForm Form, ImmutableArray<StepNode> Nodes, ImmutableArray<LoweredWire> Outputs)
{
    /// <summary>Frames that it holds back at most.</summary>
    public int Wait => Nodes.OfType<DelayNode>().Select(static delay => delay.Wait).DefaultIfEmpty(0).Max();

    /// <summary>Earlier frames that it shows again.</summary>
    public int Overlap => Nodes.OfType<DelayNode>().Select(static delay => delay.Overlap).DefaultIfEmpty(0).Max();

    /// <summary>Multiplications and additions of one step.</summary>
    public long Operations => Nodes.Sum(static node => node.Operations);

    /// <summary>Describes the nodes of a walk, in the model's order.</summary>
    internal static ImmutableArray<LoweredNode> Of(GraphTrace trace, Func<string, Wire, LoweredOutput> timeOf)
    {
        HashSet<TraceStep> live = new(trace.LiveSteps, ReferenceEqualityComparer.Instance);
        return [.. trace.Steps.Select(step => new LoweredNode(step.Node.Name, step.Node.Operator, FormOf(step, live.Contains(step)), step.Nodes, [.. WiresOf(step, timeOf)]))];
    }

    private static NodeForm FormOf(TraceStep step, bool isLive)
    {
        if (step.IsConstant) return NodeForm.Constant;
        if (!isLive) return NodeForm.Unused;
        if (step.Nodes.IsEmpty) return NodeForm.View;
        if (RecurrentRule.IsRecurrent(step.Node)) return NodeForm.Recurrent;
        return step.Nodes.Any(static node => !node.States.IsEmpty && node is not DelayNode { Overlap: 0 }) ? NodeForm.Window : NodeForm.Local;
    }

    private static IEnumerable<LoweredWire> WiresOf(TraceStep step, Func<string, Wire, LoweredOutput> timeOf)
    {
        for (int at = 0; at < step.Outputs.Length && at < step.Node.Outputs.Length; at++)
        {
            if (step.Outputs[at] is { } wire && step.Node.Outputs[at].Length > 0) yield return new LoweredWire(wire, timeOf(step.Node.Outputs[at], wire));
        }
    }
}
