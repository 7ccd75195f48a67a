using System.Collections.Immutable;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Conformance;

/// <summary>Lowers the graph of a conformance case rule by rule, with the shapes of its stored inputs: no lanes, no time, no state. Nested graphs need the lowering of whole models.</summary>
internal static class CaseLowering
{
    /// <param name="model">The case's model.</param>
    /// <param name="inputs">Its stored inputs by name.</param>
    /// <param name="constant">The inputs whose value is part of the plan; all others are given to the step.</param>
    public static StepPlan Lower(OnnxModel model, IReadOnlyDictionary<string, ConstantTensor> inputs, IReadOnlySet<string> constant)
    {
        if (model.Graph.Nodes.Any(static node => node.Attributes.Values.Any(static attribute => attribute.Graph is not null))) return Whole(model, inputs, constant);
        Dictionary<string, Wire> wires = [];
        ImmutableArray<Wire>.Builder ports = ImmutableArray.CreateBuilder<Wire>();
        foreach ((string name, OnnxTensor tensor) in model.Graph.Initializers) wires[name] = new Wire(name, tensor.Value ?? throw Refusal(name, tensor.Refusal!));
        foreach ((string name, ConstantTensor tensor) in inputs)
        {
            wires[name] = constant.Contains(name) ? new Wire(name, tensor) : new Wire(name, tensor.Type, tensor.Shape);
            if (!constant.Contains(name)) ports.Add(wires[name]);
        }
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        foreach (OnnxNode node in model.Graph.Nodes) Lower(node, (int)model.Opsets[""], wires, nodes);
        return new StepPlan(model.File, ports.ToImmutable(), [.. model.Graph.Outputs.Select(output => new PlanOutput(output.Name, wires[output.Name]))], [], nodes.ToImmutable());
    }

    private static StepPlan Whole(OnnxModel model, IReadOnlyDictionary<string, ConstantTensor> inputs, IReadOnlySet<string> constant)
    {
        LoweringResult result = OnnxLowering.LowerWhole(model, new LoweringOptions { Constants = inputs.Where(input => constant.Contains(input.Key)).ToImmutableDictionary() });
        return result.Plan ?? throw new LoweringException(result.Blockers[0]);
    }

    private static void Lower(OnnxNode node, int opset, Dictionary<string, Wire> wires, ImmutableArray<StepNode>.Builder nodes)
    {
        Wire?[] inputs = [.. node.Inputs.Select(name => name.Length == 0 ? null : wires.GetValueOrDefault(name) ?? throw Refusal(node.Name, $"nothing gives '{name}'"))];
        Lowered lowered = OperatorRules.All[node.Operator](new NodeContext(node, opset, [.. inputs]));
        ImmutableArray<Wire?> outputs = lowered.Outputs;
        if (lowered.Nodes.Length > 0 && inputs.All(static wire => wire is null || wire.Constant is not null)) outputs = Fold(lowered);
        else nodes.AddRange(lowered.Nodes);
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0) wires[node.Outputs[i]] = outputs[i]!;
        }
    }

    private static ImmutableArray<Wire?> Fold(Lowered lowered)
    {
        StepPlan plan = new("constants", [], [.. lowered.Outputs.OfType<Wire>().Select(static wire => new PlanOutput(wire.Name, wire))], [], lowered.Nodes);
        using NativeExecutor executor = new(NativeProgram.Bind(plan, KernelChoice.For(InstructionSet.Scalar)), maxLanes: 1);
        executor.Step([executor.Rent()]);
        int port = 0;
        return [.. lowered.Outputs.Select(wire => wire is null ? null : new Wire(wire.Name, new ConstantTensor(wire.Type, wire.Shape, executor.Output(port++, 0).ToArray())))];
    }

    private static LoweringException Refusal(string name, string reason) => new(new Blocker(name, "", reason, ""));
}
