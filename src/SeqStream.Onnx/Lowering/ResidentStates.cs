using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Operators;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Lets recurrent nodes keep their states in the stream's row, where all that the model does with a state input is to hand its elements to initial states, and all
/// that it does for the state output is to put the final states back to the same places. Where elements go is found by sending their numbers through the
/// nodes that only move elements, so stacked, split and interleaved states need no cases of their own.
/// </summary>
internal sealed class ResidentStates
{
    private const int MostNumbers = 1 << 24;    // float32 holds every integer up to here
    private const int MostPlaces = 1 << 18;     // states times recurrent nodes
    private const long MostComparisons = 4L << 30;

    private readonly GraphTrace _trace;
    private readonly PlanParts _parts;
    private readonly ConstantFolding _folding;
    private readonly Dictionary<Wire, Wire> _origins = [];     // wire -> constant wire with the number of the element that each of its elements is
    private int _numbers = 1;
    private long _comparisons;

    private ResidentStates(GraphTrace trace, PlanParts parts, ConstantFolding folding)
    {
        _trace = trace;
        _parts = parts;
        _folding = folding;
    }

    /// <summary>Settles every state of <paramref name="parts"/> for which this is possible; others stay on wires.</summary>
    public static void Settle(GraphTrace trace, PlanParts parts, ConstantFolding folding)
    {
        if ((long)parts.States.Count * parts.Nodes.OfType<RecurrentStepNode>().Count() is 0 or > MostPlaces) return;
        ResidentStates pass = new(trace, parts, folding);
        try
        {
            pass.FindOrigins();
        }
        catch (LoweringException)
        {
            return;    // Numbering the elements goes beyond the budget: the states stay on wires.
        }
        List<WiredState> whole = [.. parts.States.Where(pass.IsOnlyMoved)];
        for (bool changed = true; changed;)
        {
            changed = false;
            Dictionary<RecurrentStepNode, Homes> homes = pass.HomesOf(whole);
            foreach (WiredState state in whole.ToArray())
            {
                if (pass.IsCovered(state, homes)) continue;
                whole.Remove(state);
                changed = true;
            }
            if (!changed && whole.Count > 0) pass.Replace(whole, homes);
        }
    }

    private void FindOrigins()
    {
        foreach (WiredState state in _parts.States) Number(state.Before);
        foreach (TraceStep step in _trace.LiveSteps)
        {
            if (step.Nodes is [RecurrentStepNode recurrent])
            {
                Number(recurrent.Outputs[0]);
                Number(recurrent.Outputs[1]);
                Number(recurrent.Outputs[2]);
                if (recurrent.Outputs[0] is { } y && recurrent.Outputs[1] is { } h) Same(y, h);
            }
            else if (RecurrentPaths.IsMovement(step.Node) && step.Node.Operator != "Cast")
            {
                Move(step);
            }
        }
    }

    private void Number(Wire? wire)
    {
        if (wire is null || wire.Type != ElementType.Float32 || _numbers + wire.Shape.ElementCount > MostNumbers) return;
        float[] numbers = new float[wire.Shape.ElementCount];
        for (int index = 0; index < numbers.Length; index++) numbers[index] = _numbers++;
        _origins[wire] = new Wire(wire.Name, ConstantTensor.Float32(wire.Shape, numbers));
    }

    /// <summary>After one step, Y and Y_h hold the same elements.</summary>
    private void Same(Wire from, Wire to)
    {
        if (_origins.TryGetValue(from, out Wire? origin)) _origins[to] = new Wire(to.Name, ConstantTensor.Float32(to.Shape, origin.Constant!.Values<float>()));
    }

    private void Move(TraceStep step)
    {
        ImmutableArray<Wire?> inputs = [.. step.Inputs.Select(wire => wire is null || wire.Constant is not null ? wire : _origins.GetValueOrDefault(wire))];
        bool known = !inputs.Where((wire, index) => wire is null && step.Inputs[index] is not null).Any();
        if (!known || step.Inputs.Any(static wire => wire is { Constant: not null, Type: ElementType.Float32 })) return;
        NodeContext context = new(step.Node, step.Opset, inputs);
        ImmutableArray<Wire?> outputs = _folding.Fold(context, inputs, OperatorRules.All[step.Node.Operator](context));
        for (int index = 0; index < step.Outputs.Length; index++)
        {
            if (step.Outputs[index] is { Type: ElementType.Float32 } wire && outputs[index] is { } origin) _origins.TryAdd(wire, origin);
        }
    }

    /// <summary>True if nothing but movements and initial states of recurrent nodes reads a state's elements, and no output shows them.</summary>
    private bool IsOnlyMoved(WiredState state)
    {
        if (!_origins.ContainsKey(state.Before) || _comparisons > MostComparisons) return false;
        foreach (TraceStep step in _trace.LiveSteps)
        {
            for (int index = 0; index < step.Inputs.Length; index++)
            {
                if (step.Inputs[index] is not { Constant: null } wire || !Holds(state, wire)) continue;
                bool isInitial = index > 4 && step.Nodes is [RecurrentStepNode];
                bool isMoved = step.Outputs.All(output => output is null || _origins.ContainsKey(output));
                if (!isInitial && (!isMoved || step.Nodes is [RecurrentStepNode])) return false;
            }
        }
        return !_trace.Outputs.Values.Any(output => Holds(state, output.Wire));
    }

    /// <summary>True if a wire has elements of a state from before the step.</summary>
    private bool Holds(WiredState state, Wire? wire)
    {
        if (wire is null || !_origins.TryGetValue(wire, out Wire? origin)) return false;
        _comparisons += origin.Shape.ElementCount;
        (float first, float last) = Range(_origins[state.Before]);
        return origin.Constant!.Values<float>().ContainsAnyInRange(first, last);
    }

    /// <summary>For each recurrent node the state, and the places in it, where its h and c come from.</summary>
    private Dictionary<RecurrentStepNode, Homes> HomesOf(List<WiredState> states)
    {
        Dictionary<RecurrentStepNode, Homes> homes = [];
        foreach (RecurrentStepNode node in _parts.Nodes.OfType<RecurrentStepNode>())
        {
            bool isLstm = node.Weights.Kind == CellKind.Lstm;
            Home? h = HomeOf(node.Memory.WireH, node.Outputs[1] ?? node.Outputs[0], states);
            Home? c = isLstm ? HomeOf(node.Memory.WireC, node.Outputs[2], states) : null;
            if (h is not null && (!isLstm || c is not null)) homes.Add(node, new Homes(h, c));
        }
        return homes;
    }

    private Home? HomeOf(Wire? before, Wire? after, List<WiredState> states)
    {
        if (before is null || after is null || !_origins.TryGetValue(before, out Wire? from) || !_origins.TryGetValue(after, out Wire? made)) return null;
        ReadOnlySpan<float> sources = from.Constant!.Values<float>(), results = made.Constant!.Values<float>();
        foreach (WiredState state in states)
        {
            float first = Range(_origins[state.Before]).First;
            if (!_origins.TryGetValue(state.After, out Wire? written)) continue;
            ReadOnlySpan<float> places = written.Constant!.Values<float>();
            int[] home = new int[sources.Length];
            bool fits = true;
            for (int unit = 0; unit < home.Length && fits; unit++)
            {
                home[unit] = (int)(sources[unit] - first);
                fits = home[unit] >= 0 && home[unit] < places.Length && places[home[unit]] == results[unit];
            }
            if (fits) return new Home(state, home);
        }
        return null;
    }

    /// <summary>True if every element of a state has exactly one home, and no recurrent node reads it that has no home in it.</summary>
    private bool IsCovered(WiredState state, Dictionary<RecurrentStepNode, Homes> homes)
    {
        foreach (RecurrentStepNode node in _parts.Nodes.OfType<RecurrentStepNode>())
        {
            Homes? pair = homes.GetValueOrDefault(node);
            if (Holds(state, node.Memory.WireH) && pair?.H.State != state) return false;
            if (Holds(state, node.Memory.WireC) && pair?.C?.State != state) return false;
        }
        int[] uses = new int[state.Field.Shape.ElementCount];
        foreach (Homes pair in homes.Values)
        {
            foreach (Home home in pair.All.Where(home => home.State == state))
            {
                foreach (int place in home.Places) uses[place]++;
            }
        }
        return Array.TrueForAll(uses, static count => count == 1);
    }

    private void Replace(List<WiredState> states, Dictionary<RecurrentStepNode, Homes> homes)
    {
        Dictionary<RecurrentStepNode, RecurrentStepNode> replacements = [];
        foreach ((RecurrentStepNode node, Homes pair) in homes)
        {
            StateField h = FieldOf(node, "h", pair.H);
            replacements.Add(node, node.WithResidentState(h, pair.C is null ? null : FieldOf(node, "c", pair.C)));
        }
        foreach (WiredState state in states) _parts.Settle(state, replacements);
    }

    private static StateField FieldOf(RecurrentStepNode node, string part, Home home)
    {
        ConstantTensor? whole = home.State.Field.Initial;
        TensorShape shape = new(home.Places.Length);
        ConstantTensor? initial = whole is null ? null : ConstantTensor.Float32(shape, Array.ConvertAll(home.Places, place => whole.Values<float>()[place]));
        return new StateField($"{node.Name}.{part}", ElementType.Float32, shape, initial);
    }

    private static (float First, float Last) Range(Wire numbered)
    {
        ReadOnlySpan<float> numbers = numbered.Constant!.Values<float>();
        return numbers.IsEmpty ? (0, 0) : (numbers[0], numbers[^1]);
    }

    /// <summary>The places in a state where the elements of an h or c lie.</summary>
    private sealed record Home(WiredState State, int[] Places);

    /// <summary>The homes of one recurrent node's h and c.</summary>
    private sealed record Homes(Home H, Home? C)
    {
        public IEnumerable<Home> All => C is null ? [H] : [H, C];
    }
}
