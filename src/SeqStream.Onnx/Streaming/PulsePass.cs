using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Rewrites the nodes of a whole-sequence model, in order, to nodes that take some frames per step and give the same numbers. Nodes that mix time get buffers;
/// all others must be known to keep steps apart. After each node, the predicted length is compared with two traces of the whole sequence.
/// </summary>
internal sealed class PulsePass
{
    private readonly Dictionary<Wire, PulseFacts> _facts = [];
    private readonly Dictionary<Wire, PulseFacts> _latest = [];
    private readonly HashSet<Wire> _read;
    private readonly List<(OnnxNode Node, int Output, PulseFacts Facts)> _defined = [];
    private readonly Dictionary<OnnxNode, TraceStep> _shorter;
    private readonly Dictionary<OnnxNode, TraceStep> _longer;
    private readonly HashSet<string> _outputs;
    private long _shortest = 1;

    /// <summary>Prepares a walk.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shorter">The whole sequence, at <paramref name="shortLength"/> frames.</param>
    /// <param name="longer">The whole sequence, at <paramref name="longLength"/> frames.</param>
    /// <param name="shortLength">Frames of the shorter sequence.</param>
    /// <param name="longLength">Frames of the longer sequence.</param>
    /// <param name="frames">Source frames of one step.</param>
    /// <param name="weights">Weights that are taken out of the model already.</param>
    public PulsePass(OnnxModel model, GraphTrace shorter, GraphTrace longer, int shortLength, int longLength, int frames, PackedWeights weights)
    {
        _shorter = ByNode(shorter);
        _longer = ByNode(longer);
        _read = [.. shorter.LiveSteps.SelectMany(static step => step.Inputs).OfType<Wire>(), .. shorter.Outputs.Values.Select(static output => output.Wire)];
        _outputs = [.. model.Graph.Outputs.Select(static output => output.Name)];
        (ShortLength, LongLength, Frames, NeededFrames, Weights) = (shortLength, longLength, frames, frames, weights);
    }

    /// <summary>Frames of the shorter whole sequence.</summary>
    public int ShortLength { get; }

    /// <summary>Frames of the longer whole sequence.</summary>
    public int LongLength { get; }

    /// <summary>Source frames of one step.</summary>
    public int Frames { get; }

    /// <summary>
    /// True if streams have only lengths that are multiples of <see cref="Frames"/>, because the model runs for no others. Two formulas that agree at 0 and have as many frames for a step then
    /// agree everywhere.
    /// </summary>
    public bool OnlyMultiples { get; init; }

    /// <summary>Source frames of one step that the strides ask for: where it is more than <see cref="Frames"/>, the walk is to be made again.</summary>
    public int NeededFrames { get; private set; }

    /// <summary>Source frames of the shortest stream for which every value has a frame.</summary>
    public long ShortestStream => OnlyMultiples ? (_shortest + Frames - 1) / Frames * Frames : _shortest;

    /// <summary>Weights that are taken out of the model already.</summary>
    public PackedWeights Weights { get; }

    /// <summary>Traces the whole sequence at another length.</summary>
    public required Func<int, GraphTrace> Whole { get; init; }

    /// <summary>The clock of the plan's streams.</summary>
    public StreamClock Clock { get; } = new();

    /// <summary>What is known of a value; null for constants and values without a time axis.</summary>
    public PulseFacts? FactsOf(Wire? wire) => wire is not null && _facts.TryGetValue(wire, out PulseFacts facts) ? facts : null;

    /// <summary>For a value of the stream's last frame alone: the facts of the frames it is the last of; null for others.</summary>
    public PulseFacts? LatestOf(Wire? wire) => wire is not null && _latest.TryGetValue(wire, out PulseFacts facts) ? facts : null;

    /// <summary>True if something that is needed reads an output of a node.</summary>
    public bool IsRead(PulseQuestion question, int output) => output < question.Short.Outputs.Length && question.Short.Outputs[output] is { } wire && _read.Contains(wire);

    /// <summary>True if lengths were taken from the two traces alone; they are then to be tried at others.</summary>
    public bool HasGuessed { get; private set; }

    /// <summary>The facts of a value made before that has as many frames as a node shows in the two whole sequences, and in others where these leave a choice; null if there is none.</summary>
    /// <param name="question">The node.</param>
    /// <param name="framesIn">Reads the frames from the node in a trace of the whole sequence.</param>
    public PulseFacts? FactsLike(PulseQuestion question, Func<TraceStep, long> framesIn)
    {
        HasGuessed = true;
        (long shorter, long longer) = (framesIn(question.Short), framesIn(question.Long));
        List<PulseFacts> candidates = [.. _facts.Values.Where(facts => facts.Length.Of(ShortLength) == shorter && facts.Length.Of(LongLength) == longer).DistinctBy(static facts => facts.Length)];
        int step = OnlyMultiples ? Frames : 1;
        for (int more = 1; more < PulseCompiler.MostChecks && candidates.Count > 1; more++)
        {
            int length = LongLength + (more * step);
            if (candidates.TrueForAll(facts => facts.Length.Of(length) == candidates[0].Length.Of(length))) continue;
            if (ByNode(Whole(length)).TryGetValue(question.Node, out TraceStep? there)) candidates.RemoveAll(facts => facts.Length.Of(length) != framesIn(there));
        }
        return candidates.Count > 0 ? candidates[0] : null;
    }

    /// <summary>True for a node of constants alone that counts the frames of the stream: its result is another one for another length.</summary>
    public bool Counts(OnnxNode node) => node is { Domain: "", Operator: "Range" or "CumSum" } && IsConstantInWhole(node) && _shorter[node].Outputs[0]!.Shape != _longer[node].Outputs[0]!.Shape;

    /// <summary>True if a node's results are constants where the whole sequence is run.</summary>
    public bool IsConstantInWhole(OnnxNode node) => _shorter.TryGetValue(node, out TraceStep? shorter) && _longer.TryGetValue(node, out TraceStep? longer) && shorter.IsConstant && longer.IsConstant;

    /// <summary>The first node whose predicted length is not that of the whole sequence at another length of the stream; null if all are. A node that cannot run there counts as right.</summary>
    public OnnxNode? FirstWrong(GraphTrace whole, long frames)
    {
        Dictionary<OnnxNode, TraceStep> steps = ByNode(whole);
        foreach ((OnnxNode node, int output, PulseFacts facts) in _defined)
        {
            if (steps.TryGetValue(node, out TraceStep? step) && step.Outputs[output] is { } wire && wire.Shape[facts.Axis] != facts.Length.Of(frames)) return node;
        }
        return null;
    }

    /// <summary>True if two values have equally many frames for every length that a stream may have.</summary>
    public bool HaveOneLength(PulseFacts left, PulseFacts right)
        => left.Length == right.Length || (OnlyMultiples && left.Frames == right.Frames && left.Length.Formula(0) == right.Length.Formula(0));

    /// <summary>True if the graph answers the value itself.</summary>
    public bool IsOutput(string name) => _outputs.Contains(name);

    /// <summary>Notes the graph's inputs; answers inputs that cannot stream.</summary>
    public IEnumerable<Blocker> Begin(IReadOnlyDictionary<string, Wire> inputs, GraphTrace shorter, GraphTrace longer)
    {
        foreach ((string name, Wire wire) in inputs)
        {
            if (wire.Constant is not null) continue;
            int axis = new Probe(shorter.Inputs[name], longer.Inputs[name], wire) { IsOfAnyLength = true }.TimeAxis(out string? reason);
            if (reason is not null) yield return new Blocker(name, "", reason, TimeQuestion.WholeSequence);
            else if (axis >= 0) _facts[wire] = new PulseFacts(axis, Frames, 0, StreamLength.Source, 0, null);
        }
    }

    /// <summary>Lowers one node.</summary>
    /// <exception cref="LoweringException">It cannot be rewritten.</exception>
    public Lowered Lower(NodeContext context, OperatorRule rule)
    {
        if (context.Node is { Domain: "", Operator: "Shape" or "Size" }) return rule(context);
        if (!_shorter.TryGetValue(context.Node, out TraceStep? shorter) || !_longer.TryGetValue(context.Node, out TraceStep? longer))
        {
            throw context.Refuse("whether it runs depends on the length of the stream", TimeQuestion.WholeSequence);
        }
        PulseQuestion question = new() { Context = context, Rule = rule, Pass = this, Short = shorter, Long = longer };
        PulseFacts? latest = LatestOf(question);
        if (question.Streaming.Any()) return latest is null ? PulseRules.Lower(question) : throw question.Refuse("it needs the last step's value at every step, so a step would need steps that have not come yet");
        if (Counts(context.Node) && question.Inputs.All(static wire => wire is null or { Constant: not null })) return CumulativePulse.Count(question);
        return Still(question, latest);
    }

    /// <summary>Of the inputs that belong to the last frame, the facts of the one that is final last.</summary>
    private PulseFacts? LatestOf(PulseQuestion question)
    {
        PulseFacts? latest = null;
        foreach (Wire? input in question.Inputs)
        {
            if (LatestOf(input) is { } facts) latest = latest is { } known ? Later(known, facts) : facts;
        }
        return latest;
    }

    /// <summary>Facts by which both are final: length(S + P) is length(S) + p for the P source frames of a step, so the streams shorter than one step decide.</summary>
    private PulseFacts Later(PulseFacts left, PulseFacts right)
    {
        long behind = 0;
        for (long frames = 0; frames < Frames; frames++) behind = Math.Max(behind, Steps(right, frames) - Steps(left, frames));
        return left with { Delay = checked(left.Delay + (int)(behind * left.Frames)), Anchor = Math.Min(left.Anchor, right.Anchor) };

        static long Steps(PulseFacts facts, long frames) => (long)Math.Ceiling((facts.Delay + facts.Length.Formula(frames)) / (double)facts.Frames);
    }

    /// <summary>Asks for so many source frames in a step that a value has a multiple of <paramref name="stride"/> frames.</summary>
    /// <exception cref="LoweringException">It does not have them in this walk.</exception>
    public void NeedMultiple(PulseQuestion question, int frames, int stride)
    {
        if (frames % stride == 0) return;
        long needed = (long)Frames * stride / (long)System.Numerics.BigInteger.GreatestCommonDivisor(frames, stride);
        if (needed <= PulseCompiler.MostFrames) NeededFrames = Math.Max(NeededFrames, (int)needed);
        throw question.Refuse($"with its stride of {stride} a step would take {needed} frames; at most {PulseCompiler.MostFrames} are possible");
    }

    /// <summary>Notes a value that a node makes, after comparing its shape with what the whole sequence has. Values without a name are left out: nothing reads them.</summary>
    /// <exception cref="LoweringException">They differ.</exception>
    public void Define(PulseQuestion question, int output, Wire wire, PulseFacts facts)
    {
        if (wire.Constant is not null || question.Short.Outputs[output] is null) return;
        TensorShape shorter = question.Short.Outputs[output]!.Shape, longer = question.Long.Outputs[output]!.Shape;
        bool fits = shorter.Rank == wire.Shape.Rank && shorter.Rank == longer.Rank;
        for (int axis = 0; fits && axis < shorter.Rank; axis++)
        {
            fits = axis == facts.Axis
                ? wire.Shape[axis] == facts.Frames && shorter[axis] == facts.Length.Of(ShortLength) && longer[axis] == facts.Length.Of(LongLength)
                : shorter[axis] == wire.Shape[axis] && longer[axis] == wire.Shape[axis];
        }
        if (!fits) throw question.Refuse($"its output is {shorter} for {ShortLength} frames, {longer} for {LongLength} and {wire.Shape} for a step, but its time axis {facts.Axis} should have {facts.Length} frames");
        _facts[wire] = facts;
        _defined.Add((question.Node, output, facts));
        _shortest = Math.Max(_shortest, facts.Length.ShortestFor(1));
    }

    /// <summary>Holds back an output that ends before its source, until the end is known when its last frames come; null if it does not.</summary>
    public DelayNode? Hold(string output, Wire wire)
    {
        if (FactsOf(wire) is not { } facts) return null;
        // At the end of each step, no frame may have been given that the stream as long as it is by then would not have.
        int wait = checked((int)(((long)facts.Frames * LongLength) - facts.Delay - facts.Length.Of((long)Frames * LongLength)));
        if (wait <= 0) return null;
        string name = $"{output}.hold";
        Wire held = new(name, wire.Type, wire.Shape);
        _facts[held] = facts with { Delay = facts.Delay + wait };
        return new DelayNode(name, wire, held, facts.Axis, wait, overlap: 0, fill: null);
    }

    /// <summary>Notes a value that belongs to the last frame alone.</summary>
    /// <exception cref="LoweringException">Its shape depends on the stream's length.</exception>
    public void DefineLatest(PulseQuestion question, int output, Wire wire, PulseFacts facts)
    {
        if (wire.Constant is not null) return;
        TensorShape shorter = question.Short.Outputs[output]!.Shape, longer = question.Long.Outputs[output]!.Shape;
        if (shorter != wire.Shape || longer != wire.Shape) throw question.Refuse($"it spreads a value of one step over the whole stream: its output is {shorter} for {ShortLength} frames, {longer} for {LongLength} and {wire.Shape} for a step");
        _latest[wire] = facts;
    }

    /// <summary>A node that reads no stream, perhaps a value of the last frame: it may still spread a constant over one.</summary>
    private Lowered Still(PulseQuestion question, PulseFacts? latest)
    {
        ImmutableArray<Wire?> inputs = question.Inputs;
        for (int input = 0; input < inputs.Length; input++) CheckConstant(question, input);
        Lowered lowered = question.Rule(question.Context);
        for (int output = 0; output < lowered.Outputs.Length; output++)
        {
            if (lowered.Outputs[output] is not { Constant: null } wire) continue;
            if (latest is { } facts)
            {
                DefineLatest(question, output, wire, facts);
                continue;
            }
            int axis = new Probe(question.Short.Outputs[output]!, question.Long.Outputs[output]!, wire) { IsOfAnyLength = true }.TimeAxis(out string? reason);
            if (reason is not null) throw question.Refuse(reason);
            if (axis < 0) continue;
            if (question.Node.Operator is not ("Expand" or "Tile")) throw question.Refuse($"its output '{wire.Name}' is as long as the stream, though no input is");
            Define(question, output, wire, new PulseFacts(axis, Frames, 0, StreamLength.Source, 0, null));
        }
        return lowered;
    }

    /// <summary>Refuses a constant that is another one for another length, unless it is as long as the stream and the same at each frame, or says no more than shapes.</summary>
    public static void CheckConstant(PulseQuestion question, int input)
    {
        if (question.Context.OptionalInput(input) is not { Constant: not null } wire || TimeLocality.IsShapeArgument(question.Node, input)) return;
        Probe probe = question.ProbeOf(input);
        if (probe.IsConstant && probe.IsSameEverywhere()) return;
        int axis = probe.TimeAxis(out _);
        if (probe.IsConstant && axis >= 0 && probe.IsUniformAlong(axis)) return;
        throw question.Refuse($"its input '{wire.Name}' is computed from the length of the stream, which a stream does not have before it ends");
    }

    private static Dictionary<OnnxNode, TraceStep> ByNode(GraphTrace trace)
    {
        Dictionary<OnnxNode, TraceStep> steps = new(ReferenceEqualityComparer.Instance);
        foreach (TraceStep step in trace.Steps) steps[step.Node] = step;
        return steps;
    }
}
