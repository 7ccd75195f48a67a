using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Decides whether a whole-sequence model, run one step at a time, gives what it gives on the whole sequence. It compares three traces of the model, at one
/// step and at two longer lengths: shapes show each value's time axis, <see cref="TimeLocality"/> says whether a node keeps steps apart, and constants that
/// differ between lengths show what depends on the length itself.
/// </summary>
internal sealed class TimeAnalysis
{
    private readonly Dictionary<Wire, WireFacts> _facts = [];
    private readonly HashSet<Wire> _unknown = [];
    private readonly List<Blocker> _blockers = [];
    private readonly HashSet<OnnxNode> _residents = new(ReferenceEqualityComparer.Instance);

    private TimeAnalysis()
    {
    }

    /// <summary>Analyses three traces of one model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="one">The trace at one step.</param>
    /// <param name="shorter">The trace at <see cref="Probe.ShortLength"/> steps.</param>
    /// <param name="longer">The trace at <see cref="Probe.LongLength"/> steps.</param>
    /// <param name="stateInputs">Inputs that are states before the first step.</param>
    public static TimeReport Analyse(OnnxModel model, GraphTrace one, GraphTrace shorter, GraphTrace longer, IReadOnlySet<string> stateInputs)
    {
        TimeAnalysis analysis = new();
        analysis.MarkInputs(one, shorter, longer, stateInputs);
        IReadOnlyList<TraceStep> oneSteps = one.LiveSteps, shortSteps = shorter.LiveSteps, longSteps = longer.LiveSteps;
        if (!SameNodes(oneSteps, shortSteps, out OnnxNode? odd) || !SameNodes(shortSteps, longSteps, out odd))
        {
            analysis._blockers.Add(new Blocker(odd!.Name, odd.Operator, "whether it runs depends on the length of the stream", TimeQuestion.WholeSequence));
            return new TimeReport(analysis._facts, ImmutableDictionary<string, WireFacts>.Empty, analysis._residents, [.. analysis._blockers]);
        }
        for (int index = 0; index < shortSteps.Count; index++) analysis.Visit(oneSteps[index], shortSteps[index], longSteps[index]);
        return new TimeReport(analysis._facts, analysis.OutputFacts(model, one, shorter, longer), analysis._residents, [.. analysis._blockers]);
    }

    /// <summary>True if two traces run the same nodes; otherwise the first that differs.</summary>
    public static bool SameNodes(IReadOnlyList<TraceStep> left, IReadOnlyList<TraceStep> right, out OnnxNode? odd)
    {
        int count = Math.Min(left.Count, right.Count);
        int at = 0;
        while (at < count && ReferenceEquals(left[at].Node, right[at].Node)) at++;
        odd = at < left.Count ? left[at].Node : at < right.Count ? right[at].Node : null;
        return at == left.Count && at == right.Count;
    }

    private void MarkInputs(GraphTrace one, GraphTrace shorter, GraphTrace longer, IReadOnlySet<string> stateInputs)
    {
        foreach ((string name, Wire wire) in shorter.Inputs)
        {
            if (wire.Constant is not null) continue;
            int axis = new Probe(wire, longer.Inputs[name], one.Inputs[name]).TimeAxis(out string? reason);
            if (reason is not null) Block(new Blocker(name, "", reason, TimeQuestion.WholeSequence), [wire]);
            else _facts[wire] = stateInputs.Contains(name) ? WireFacts.Initial : axis < 0 ? WireFacts.Fixed : WireFacts.EveryStep(axis);
        }
    }

    private void Visit(TraceStep one, TraceStep shorter, TraceStep longer)
    {
        if (shorter.Inputs.Any(wire => wire is not null && _unknown.Contains(wire)))
        {
            _unknown.UnionWith(shorter.Outputs.OfType<Wire>());
            if (RecurrentTime.IsBackwardAlongStream(shorter, longer, out Blocker? blocker)) _blockers.Add(blocker!);
            return;
        }
        try
        {
            ImmutableArray<Probe?> inputs = Probes(one.Inputs, shorter.Inputs, longer.Inputs);
            TimeQuestion question = new()
            {
                Node = shorter.Node,
                Opset = shorter.Opset,
                Inputs = inputs,
                Facts = [.. inputs.Select((probe, index) => probe is null ? WireFacts.Fixed : FactsOf(shorter.Node, index, probe))],
                Outputs = Probes(one.Outputs, shorter.Outputs, longer.Outputs),
            };
            Judge(question);
        }
        catch (LoweringException refusal)
        {
            Block(refusal.Blocker, shorter.Outputs.OfType<Wire>());
        }
    }

    private static ImmutableArray<Probe?> Probes(ImmutableArray<Wire?> one, ImmutableArray<Wire?> shorter, ImmutableArray<Wire?> longer)
        => [.. shorter.Select((wire, index) => wire is null ? null : new Probe(wire, longer[index]!, one[index]!))];

    private WireFacts FactsOf(OnnxNode node, int input, Probe probe)
    {
        if (_facts.TryGetValue(probe.Short, out WireFacts facts)) return facts;
        if (TimeLocality.IsShapeArgument(node, input) || (probe.IsConstant && probe.IsSameEverywhere())) return WireFacts.Fixed;
        int axis = probe.TimeAxis(out _);
        if (probe.IsConstant && axis >= 0 && probe.IsUniformAlong(axis)) return WireFacts.EveryStep(axis);
        throw new LoweringException(new Blocker(node.Name, node.Operator, $"its input '{probe.Short.Name}' is computed from the length of the stream, which a stream does not have before it ends", TimeQuestion.WholeSequence));
    }

    private void Judge(TimeQuestion question)
    {
        Action<TimeQuestion> rule = TimeLocality.RuleOf(question.Node) ?? throw question.Refuse("it is not known to keep the steps of a stream apart", TimeQuestion.WholeSequence);
        HashSet<TimeKind> kinds = [.. question.Inputs.Select((probe, index) => probe is null ? TimeKind.Fixed : question.Facts[index].Kind)];
        rule(question);
        if (!question.IsResident) CheckMixture(question, kinds);
        else _residents.Add(question.Node);
        TimeKind kind = kinds.Contains(TimeKind.EveryStep) ? TimeKind.EveryStep : kinds.Contains(TimeKind.LastStep) ? TimeKind.LastStep : kinds.Contains(TimeKind.Initial) ? TimeKind.Initial : TimeKind.Fixed;
        for (int index = 0; index < question.Outputs.Length; index++)
        {
            if (question.Outputs[index] is { } output) _facts[output.Short] = OutputOf(question, index, output, kind);
        }
    }

    private static void CheckMixture(TimeQuestion question, HashSet<TimeKind> kinds)
    {
        if (kinds.Contains(TimeKind.EveryStep) && kinds.Contains(TimeKind.LastStep)) throw question.Refuse("it needs the last step's value at every step, so a step would need steps that have not come yet", TimeQuestion.WholeSequence);
        if (kinds.Contains(TimeKind.Initial) && (kinds.Contains(TimeKind.EveryStep) || kinds.Contains(TimeKind.LastStep))) throw question.Refuse("it needs the state from before the sequence at every step", "Feed the state to recurrent nodes only");
    }

    private static WireFacts OutputOf(TimeQuestion question, int index, Probe output, TimeKind kind)
    {
        int axis = output.TimeAxis(out string? reason);
        if (reason is not null) throw question.Refuse(reason, TimeQuestion.WholeSequence);
        if (question.IsLastStep || index >= question.LastStepOutputsFrom || index < question.LastStepOutputsUntil) kind = TimeKind.LastStep;
        if (kind == TimeKind.EveryStep)
        {
            if (axis < 0) throw question.OverTime("something the node sums or chooses");
            return WireFacts.EveryStep(axis);
        }
        if (axis < 0) return new WireFacts(kind, -1, 0);
        if (kind != TimeKind.Fixed) throw question.Refuse("it spreads a value of one step over the whole stream", TimeQuestion.WholeSequence);
        if (question.Node.Operator is not ("Expand" or "Tile")) throw question.Refuse($"its output '{output.Short.Name}' is as long as the stream, though no input is", TimeQuestion.WholeSequence);
        return WireFacts.EveryStep(axis);
    }

    private Dictionary<string, WireFacts> OutputFacts(OnnxModel model, GraphTrace one, GraphTrace shorter, GraphTrace longer)
    {
        Dictionary<string, WireFacts> outputs = new(StringComparer.Ordinal);
        foreach (OnnxValue output in model.Graph.Outputs)
        {
            if (!shorter.Outputs.TryGetValue(output.Name, out ScopedWire? found) || _unknown.Contains(found.Wire)) continue;
            Wire wire = found.Wire;
            if (_facts.TryGetValue(wire, out WireFacts facts)) outputs[output.Name] = facts;
            else if (new Probe(wire, longer.Outputs[output.Name].Wire, one.Outputs[output.Name].Wire) is { IsConstant: true } probe && probe.IsSameEverywhere()) outputs[output.Name] = WireFacts.Fixed;
            else _blockers.Add(new Blocker(output.Name, "", "this output is computed from the length of the stream, which a stream does not have before it ends", TimeQuestion.WholeSequence));
        }
        return outputs;
    }

    private void Block(Blocker blocker, IEnumerable<Wire> wires)
    {
        _blockers.Add(blocker);
        _unknown.UnionWith(wires);
    }
}
