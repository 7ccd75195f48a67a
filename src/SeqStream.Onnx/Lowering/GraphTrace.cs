using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A graph lowered for one choice of sizes.</summary>
/// <param name="Inputs">The wires of the graph's inputs by name, constants included.</param>
/// <param name="Steps">The nodes in running order, those of inlined branches in their places.</param>
/// <param name="Outputs">The wires of the graph's outputs by name; only those that could be made.</param>
/// <param name="Blockers">Why the missing outputs could not be made.</param>
internal sealed record GraphTrace(
    IReadOnlyDictionary<string, Wire> Inputs, IReadOnlyList<TraceStep> Steps, IReadOnlyDictionary<string, ScopedWire> Outputs, ImmutableArray<Blocker> Blockers)
{
    /// <summary>The steps that some output needs and that compute something at each step, in running order.</summary>
    public IReadOnlyList<TraceStep> LiveSteps { get; } = FindLive(Steps, Outputs);

    private static List<TraceStep> FindLive(IReadOnlyList<TraceStep> steps, IReadOnlyDictionary<string, ScopedWire> outputs)
    {
        HashSet<TraceStep> needed = new(outputs.Values.Select(static output => output.Producer).OfType<TraceStep>(), ReferenceEqualityComparer.Instance);
        List<TraceStep> live = [];
        for (int index = steps.Count - 1; index >= 0; index--)
        {
            TraceStep step = steps[index];
            if (!needed.Contains(step) || step.IsConstant) continue;
            live.Add(step);
            needed.UnionWith(step.Sources);
        }
        live.Reverse();
        return live;
    }
}
