using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A graph lowered for one choice of sizes.</summary>
/// <param name="Inputs">The wires of the graph's inputs by name, constants included.</param>
/// <param name="Steps">The nodes in running order, those of inlined branches in their places.</param>
/// <param name="Outputs">The wires of the graph's outputs by name; only those that could be made.</param>
/// <param name="Blockers">Why the missing outputs could not be made.</param>
internal sealed record GraphTrace(
    IReadOnlyDictionary<string, Wire> Inputs, IReadOnlyList<TraceStep> Steps, IReadOnlyDictionary<string, Wire> Outputs, ImmutableArray<Blocker> Blockers)
{
    /// <summary>The steps that some output needs and that compute something at each step, in running order.</summary>
    public List<TraceStep> LiveSteps()
    {
        HashSet<Wire> needed = [.. Outputs.Values];
        List<TraceStep> live = [];
        foreach (TraceStep step in Steps.Reverse())
        {
            if (step.IsConstant || !step.Outputs.Any(wire => wire is not null && needed.Contains(wire))) continue;
            live.Add(step);
            needed.UnionWith(step.Inputs.OfType<Wire>());
        }
        live.Reverse();
        return live;
    }
}
