using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering.Control;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Streaming;
using SeqStream.Onnx.Writing;
using SeqStream.Operators;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Lowers ONNX models to step plans. A model with state inputs and outputs is a step already; a whole-sequence model becomes one where that is proved to give
/// the same numbers. A model that cannot be lowered is refused with every blocking node.
/// </summary>
public sealed class OnnxLowering
{
    private const string NotProved = "a step is one call with one step of input; it is not proved equal to one call with many: ";

    private readonly OnnxModel _model;
    private readonly LoweringOptions _options;
    private readonly ConstantFolding _folding;
    private readonly PackedWeights _weights = new();
    private readonly WalkRules _whole;
    private readonly FreeDimensions _dimensions;
    private readonly Dictionary<string, WireFacts> _facts = new(StringComparer.Ordinal);   // by value name

    private OnnxLowering(OnnxModel model, LoweringOptions options, bool runsBothBranches)
    {
        _model = model;
        _options = options;
        _folding = new ConstantFolding(model);
        _dimensions = new FreeDimensions(model, options);
        _whole = new WalkRules(RecurrentRule.Whole(_weights), runsBothBranches);
    }

    /// <summary>Lowers a model to what one step does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What the file leaves open; null for nothing.</param>
    /// <returns>A plan, or a refusal: see <see cref="LoweringResult"/>.</returns>
    public static LoweringResult Lower(OnnxModel model, LoweringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= LoweringOptions.Default;
        (IReadOnlyList<FoundPair> pairs, IReadOnlyList<Blocker> pairBlockers) = StatePairing.Find(model, options);
        ImmutableArray<OpenInput> open = OpenInputs.Of(model, options, pairs);
        return Bounded(model, options, runsBothBranches: open.All(static input => input.Dimension is not null), lowering => lowering.Lower(pairs, pairBlockers, open));
    }

    /// <summary>Lowers a model to a plan whose one step is one call of the model, whole sequences and all, and that remembers nothing: an oracle for the stepped plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Sizes of all dimensions that the file leaves open; others are 1.</param>
    public static LoweringResult LowerWhole(OnnxModel model, LoweringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Bounded(model, options ?? LoweringOptions.Default, runsBothBranches: true, static lowering => lowering.LowerCall());
    }

    private static LoweringResult Bounded(OnnxModel model, LoweringOptions options, bool runsBothBranches, Func<OnnxLowering, LoweringResult> lower)
    {
        try
        {
            return lower(new OnnxLowering(model, options, runsBothBranches));
        }
        catch (LoweringStop stop)
        {
            return new LoweringResult { File = model.File, Options = options, Blockers = stop.Blockers };
        }
    }

    private LoweringResult Lower(IReadOnlyList<FoundPair> pairs, IReadOnlyList<Blocker> pairBlockers, ImmutableArray<OpenInput> open)
    {
        LoweringResult result = new() { File = _model.File, Options = _options, States = [.. pairs.Select(static pair => pair.Pair)], Open = open };
        if (_model.Graph.Outputs.IsEmpty) return result with { Blockers = [new Blocker("graph", "", "it has no output, so there is nothing to ask of it", "Export the whole model")] };
        if (_options.LookAhead is < 0 or > LoweringOptions.MostLookAhead) return result with { Blockers = [new Blocker("look-ahead", "", $"it is {_options.LookAhead} frames; expected 0 to {LoweringOptions.MostLookAhead}", "Give another number of frames")] };
        if (_dimensions.Blockers.Count + pairBlockers.Count > 0) return result with { Blockers = [.. _dimensions.Blockers, .. pairBlockers], HasUnclearStates = pairBlockers.Count > 0 };
        HashSet<string> stateInputs = [.. pairs.Select(static pair => pair.Input.Name)];
        FindTimeDimension search = new(_model, _dimensions, _whole, _folding, stateInputs);
        FreeDimension? time = search.Find(_options.TimeAxis);
        result = result with { TimeDimension = time?.Key, TimeAxes = [.. time?.Places ?? []], BatchDimensions = [.. _dimensions.Free.Where(dimension => dimension != time).Select(static dimension => dimension.Key)], Notes = [.. search.Notes] };
        if (search.Blockers.Count > 0) return result with { Blockers = [.. search.Blockers] };
        TimeReport? report = null;
        if (time is not null)
        {
            report = Analyse(time, stateInputs, out ImmutableArray<Blocker> blockers);
            bool mayStepAnyway = pairs.Count > 0;
            if (!mayStepAnyway && !blockers.IsEmpty) return Compile(result with { Form = StreamForm.Sequence }, time, blockers);
            if (!blockers.IsEmpty) result = result with { Notes = [.. result.Notes, .. blockers.Select(static blocker => NotProved + blocker)] };
            if (!blockers.IsEmpty) report = null;
        }
        return Assemble(result with { Form = pairs.Count == 0 && report is not null ? StreamForm.Sequence : StreamForm.Step }, time, pairs, report);
    }

    private LoweringResult LowerCall()
    {
        LoweringResult result = new() { File = _model.File, Options = _options };
        if (_dimensions.Blockers.Count > 0) return result with { Blockers = [.. _dimensions.Blockers] };
        GraphTrace trace = GraphWalk.Trace(_model, _dimensions.Wires(null, 1), _whole, _folding);
        return Finish(result, trace, new PlanParts(trace), static (name, _) => new LoweredOutput(name, OutputTiming.EveryStep, 0));
    }

    private TimeReport? Analyse(FreeDimension time, HashSet<string> stateInputs, out ImmutableArray<Blocker> blockers)
    {
        GraphTrace one = Trace(1), shorter = Trace(Probe.ShortLength), longer = Trace(Probe.LongLength);
        foreach (GraphTrace trace in (GraphTrace[])[shorter, longer, one])
        {
            if (trace.Blockers.IsEmpty) continue;
            blockers = trace.Blockers;
            return null;
        }
        TimeReport report = TimeAnalysis.Analyse(_model, one, shorter, longer, stateInputs);
        foreach (TraceStep step in shorter.LiveSteps)
        {
            for (int at = 0; at < step.Outputs.Length && at < step.Node.Outputs.Length; at++)
            {
                if (step.Outputs[at] is { } wire && report.Facts.TryGetValue(wire, out WireFacts facts)) _facts[step.Node.Outputs[at]] = facts;
            }
        }
        blockers = report.Blockers;
        if (blockers.IsEmpty) blockers = [.. report.Outputs.Where(static output => output.Value.Kind == TimeKind.Initial).Select(static output => new Blocker(output.Key, "", "this output is the state from before the sequence", TimeQuestion.WholeSequence))];
        return report;

        GraphTrace Trace(int length) => GraphWalk.Trace(_model, _dimensions.Wires(time, length), _whole, _folding);
    }

    /// <summary>A whole-sequence model with windows along time.</summary>
    private LoweringResult Compile(LoweringResult result, FreeDimension time, ImmutableArray<Blocker> blockers)
    {
        PulseCompiler compiler = new(_model, _dimensions, time, _folding, _whole, _weights, _options.LookAhead);
        PulseTrace compiled = compiler.Compile();
        if (!compiled.Blockers.IsEmpty) return result with { Blockers = compiler.Choose(blockers, compiled.Blockers) };
        PlanParts parts = new(compiled.Trace);
        foreach (StepNode node in compiled.Holds) parts.Append(node);
        if (parts.Nodes.Any(node => node.States.Contains(compiled.Pass.Clock.Steps))) parts.Append(new CountStepsNode(compiled.Pass.Clock));
        result = result with
        {
            FramesPerStep = compiled.Pass.Frames,
            ShortestStream = compiled.Pass.ShortestStream,
            LengthMultiple = compiled.Pass.OnlyMultiples ? compiled.Pass.Frames : 1,
            Outputs = compiled.Outputs(_model),
            Approximate = [.. compiled.Pass.Approximate],
        };
        return Finish(result with { Notes = [.. result.Notes, .. compiled.Notes(result.Outputs)] }, compiled.Trace, parts, compiled.Describe);
    }

    private LoweringResult Assemble(LoweringResult result, FreeDimension? time, IReadOnlyList<FoundPair> pairs, TimeReport? report)
    {
        bool isCompiled = result.Form == StreamForm.Sequence && report is not null;
        RecurrentRule rule = new(_weights, node => isCompiled && report!.Residents.Contains(node) ? RecurrentForm.Resident : RecurrentForm.Sequence);
        GraphTrace trace = GraphWalk.Trace(_model, _dimensions.Wires(time, 1), _whole with { Recurrent = rule.Lower }, _folding, Resident);
        if (!trace.Blockers.IsEmpty) return result with { Blockers = trace.Blockers };
        PlanParts parts = new(trace);

        Lowered Resident(NodeContext node, OperatorRule usual)
            => isCompiled && BodyNames.IsRepeating(node.Node) && report!.Residents.Contains(node.Node) ? ScanSteps.Lower(node) : usual(node);

        foreach (FoundPair pair in pairs)
        {
            if (parts.AddState(pair) is { } blocker) result = result with { Blockers = result.Blockers.Add(blocker) };
        }
        if (!result.Blockers.IsEmpty) return result;
        ResidentStates.Settle(trace, parts, _folding);
        if (report is not null && Forgetful(parts, report) is { } name)
        {
            result = result with { Notes = result.Notes.Add($"{NotProved}'{name}' does not simply carry a recurrent node's state from step to step") };
            report = null;
        }
        HashSet<string> stateOutputs = [.. pairs.Select(static pair => pair.Output.Name)];
        result = result with
        {
            Outputs = [.. _model.Graph.Outputs.Where(output => !stateOutputs.Contains(output.Name)).Select(output => Written(output.Name, trace) ?? new LoweredOutput(output.Name, TimingOf(output.Name, report), Delay: 0) { Axis = AxisOf(output.Name, report) })],
        };
        if (result.Form == StreamForm.Step) result = result with { FramesPerStep = StepMetadata.FramesOf(_model.Metadata), ShortestStream = StepMetadata.ShortestOf(_model.Metadata) };
        return Finish(result, trace, parts, (name, _) => TimeOf(name, report));
    }

    /// <summary>What the file itself says of an output, if it fits the output: a step model that SeqStream has written.</summary>
    private LoweredOutput? Written(string name, GraphTrace trace)
    {
        if (StepMetadata.OutputOf(_model.Metadata, name) is not { } output) return null;
        TensorShape shape = trace.Outputs[name].Wire.Shape;
        return output.Axis < 0 || (output.Axis < shape.Rank && shape[output.Axis] == output.FramesPerStep) ? output : null;
    }

    /// <summary>A state that does more than keep a recurrent node's memory, or a recurrent node along time whose memory nothing keeps; null if there is none.</summary>
    private static string? Forgetful(PlanParts parts, TimeReport report)
    {
        if (parts.States.Count > 0) return parts.States[0].Field.Name;
        HashSet<string> residents = [.. report.Residents.Select(static node => node.Name)];
        return parts.Nodes.OfType<RecurrentStepNode>().FirstOrDefault(node => !node.Memory.IsResident && residents.Contains(node.Name))?.Name;
    }

    private static OutputTiming TimingOf(string output, TimeReport? report)
        => report is null || !report.Outputs.TryGetValue(output, out WireFacts facts) ? OutputTiming.EveryStep : facts.Kind switch
        {
            TimeKind.EveryStep => OutputTiming.EveryStep,
            TimeKind.Fixed => OutputTiming.Fixed,
            _ => OutputTiming.LastStep,
        };

    private LoweredOutput TimeOf(string value, TimeReport? report)
    {
        WireFacts facts = report is null || !_facts.TryGetValue(value, out WireFacts known) ? WireFacts.EveryStep(-1) : known;
        OutputTiming timing = facts.Kind switch { TimeKind.EveryStep => OutputTiming.EveryStep, TimeKind.LastStep => OutputTiming.LastStep, _ => OutputTiming.Fixed };
        return new LoweredOutput(value, timing, 0) { Axis = facts.Kind == TimeKind.EveryStep ? facts.Axis : -1 };
    }

    private static int AxisOf(string output, TimeReport? report)
        => report is not null && report.Outputs.TryGetValue(output, out WireFacts facts) && facts.Kind == TimeKind.EveryStep ? facts.Axis : -1;

    /// <summary>The plan with its weights in the form that is wanted, and remarks where that makes other numbers than the file's.</summary>
    private StepPlan WithForm(StepPlan plan, ref LoweringResult result)
    {
        bool isMeant = StepMetadata.HasIntegerProducts(_model.Metadata, out string? unknown);
        if (unknown is not null) result = result with { Notes = result.Notes.Add($"the metadata name the weight form '{unknown}', which SeqStream does not know; expected {string.Join(", ", WeightForms.Names)}. Weights run as their float32 values") };
        if (_options.Weights is { } wanted) plan = plan.WithWeights(wanted);
        else if (!isMeant && plan.SmallForms.Any(static form => form.IsInteger())) plan = plan.WithWeights(WeightForm.Float32);
        ImmutableArray<string> near = [.. plan.Nodes.Where(node => node.RoundsActivations || (_options.Weights is not null && !node.StoredWeights.IsEmpty)).Select(static node => node.Name)];
        if (near.IsEmpty) return plan;
        result = result with { Approximate = [.. result.Approximate.Union(near)] };
        if (result.Approximate.Length == near.Length) result = result with { Notes = result.Notes.Add($"approximate: {near.Length} layers run on weights stored as {string.Join(", ", plan.SmallForms.Select(static form => form.ShortName()))}{(plan.Nodes.Any(static node => node.RoundsActivations) ? ", with activations rounded to 8 bits" : "")}") };
        return plan;
    }

    private LoweringResult Finish(LoweringResult result, GraphTrace trace, PlanParts parts, Func<string, Wire, LoweredOutput> timeOf)
    {
        if (!trace.Blockers.IsEmpty) return result with { Blockers = trace.Blockers };
        ImmutableArray<Wire> inputs = [.. _model.Graph.Inputs.Select(input => trace.Inputs[input.Name]).Where(wire => wire.Constant is null && !parts.IsState(wire))];
        ImmutableArray<PlanOutput> outputs = [.. _model.Graph.Outputs.Where(output => !parts.IsStateOutput(output.Name)).Select(output => new PlanOutput(output.Name, trace.Outputs[output.Name].Wire))];
        ImmutableArray<StepConstant> constants = [.. _model.Graph.Inputs.Where(input => _options.Constants.ContainsKey(input.Name)).Select(input => new StepConstant(input.Name, _options.Constants[input.Name])), .. StepMetadata.ConstantsOf(_model.Metadata).Where(constant => _model.Graph.Inputs.All(input => input.Name != constant.Name))];
        StepPlan plan = parts.Build(_model.File, inputs, outputs, constants);
        plan = WithForm(plan, ref result);
        return StepCost.Excess(plan) is { } blocker ? result with { Blockers = [blocker] } : result with { Plan = plan, Nodes = LoweredNode.Of(trace, timeOf) };
    }
}
