using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Hosting.Verification;

/// <summary>A plan that answers every value that it computes.</summary>
/// <param name="Plan">The plan; output i is value i.</param>
/// <param name="Values">The values: first those of the model's nodes, in its order, then the outputs.</param>
internal sealed record WatchedPlan(StepPlan Plan, ImmutableArray<LoweredWire> Values)
{
    public static WatchedPlan Of(LoweringResult lowering)
    {
        StepPlan plan = lowering.PlanOrThrow();
        HashSet<Wire> made = [.. plan.Inputs, .. plan.Nodes.SelectMany(static node => node.Outputs).OfType<Wire>().Select(static wire => wire.Root)];
        List<LoweredWire> values = [.. lowering.Nodes.SelectMany(static node => node.Outputs).Where(value => value.Wire.Constant is null && made.Contains(value.Wire.Root))];
        for (int port = 0; port < plan.Outputs.Length; port++)
        {
            LoweredOutput? time = lowering.Outputs.FirstOrDefault(output => output.Name == plan.Outputs[port].Name);
            values.Add(new LoweredWire(plan.Outputs[port].Wire, time ?? new LoweredOutput(plan.Outputs[port].Name, OutputTiming.EveryStep, 0)));
        }
        StepPlan watched = new(plan.Name, plan.Inputs, [.. values.Select(static value => new PlanOutput(value.Time.Name, value.Wire))], plan.Layout.Fields, plan.Nodes) { Constants = plan.Constants };
        return new WatchedPlan(watched, [.. values]);
    }
}
