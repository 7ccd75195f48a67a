using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Operators;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>The parts of a plan while it is being put together: the nodes of a trace, and the states that go in and out by wire.</summary>
internal sealed class PlanParts
{
    private readonly List<StepNode> _nodes;
    private readonly List<WiredState> _states = [];
    private readonly HashSet<string> _stateOutputs = new(StringComparer.Ordinal);
    private readonly HashSet<Wire> _stateWires = [];
    private readonly GraphTrace _trace;

    /// <summary>Starts from the nodes of a trace.</summary>
    public PlanParts(GraphTrace trace)
    {
        _trace = trace;
        _nodes = [.. trace.LiveSteps.SelectMany(static step => step.Nodes)];
    }

    /// <summary>The states that go in and out by wire.</summary>
    public IReadOnlyList<WiredState> States => _states;

    /// <summary>The nodes in running order.</summary>
    public IReadOnlyList<StepNode> Nodes => _nodes;

    /// <summary>True for the wire of a state input.</summary>
    public bool IsState(Wire wire) => _stateWires.Contains(wire);

    /// <summary>True for the output of a state pair.</summary>
    public bool IsStateOutput(string name) => _stateOutputs.Contains(name);

    /// <summary>Adds a node that runs last.</summary>
    public void Append(StepNode node) => _nodes.Add(node);

    /// <summary>Adds a state pair; or says why its ends do not fit.</summary>
    public Blocker? AddState(FoundPair pair)
    {
        Wire before = _trace.Inputs[pair.Input.Name], after = _trace.Outputs[pair.Output.Name].Wire;
        if (before.Type != after.Type || before.Shape != after.Shape)
        {
            return new Blocker(pair.Input.Name, "", $"this state goes in as {before} and comes out as {after}", "Give the sizes under which both are the same, or pair it with another output");
        }
        ConstantTensor? initial = pair.Initial;
        if (initial is not null && (initial.Type != before.Type || initial.Shape.ElementCount != before.Shape.ElementCount))
        {
            return new Blocker(pair.Input.Name, "", $"this state is {before}, but the initial value given is {initial.Type.DisplayName()} {initial.Shape}", "Give an initial value of the same type and shape");
        }
        _states.Add(new WiredState(new StateField(pair.Input.Name, before.Type, before.Shape, initial), before, after));
        _stateOutputs.Add(pair.Output.Name);
        _stateWires.Add(before);
        return null;
    }

    /// <summary>Takes a state from the wires: recurrent nodes keep it in the row.</summary>
    public void Settle(WiredState state, IReadOnlyDictionary<RecurrentStepNode, RecurrentStepNode> replacements)
    {
        _states.Remove(state);
        for (int index = 0; index < _nodes.Count; index++)
        {
            if (_nodes[index] is RecurrentStepNode node && replacements.TryGetValue(node, out RecurrentStepNode? resident)) _nodes[index] = resident;
        }
    }

    /// <summary>The plan: states are read first and written last, and nodes whose results nobody needs are left out.</summary>
    public StepPlan Build(string name, ImmutableArray<Wire> inputs, ImmutableArray<PlanOutput> outputs, ImmutableArray<StepConstant> constants)
    {
        List<StepNode> all = [.. _states.Select(static state => new ReadStateNode(state.Field, state.Before)), .. _nodes, .. _states.Select(static state => new WriteStateNode(state.Field, state.After))];
        HashSet<Wire> needed = [.. outputs.Select(static output => output.Wire.Root)];
        List<StepNode> kept = [];
        for (int index = all.Count - 1; index >= 0; index--)
        {
            StepNode node = all[index];
            bool isNeeded = node.Outputs.IsEmpty || node is RecurrentStepNode { Memory.IsResident: true } || node.Outputs.Any(wire => wire is not null && needed.Contains(wire.Root));
            if (!isNeeded) continue;
            kept.Add(node is RecurrentStepNode recurrent ? recurrent.WithOutputs(wire => needed.Contains(wire.Root)) : node);
            needed.UnionWith(node.Inputs.OfType<Wire>().Select(static wire => wire.Root));
        }
        kept.Reverse();
        return new StepPlan(name, inputs, outputs, [.. kept.SelectMany(static node => node.States).Distinct()], [.. kept]) { Constants = constants };
    }
}
