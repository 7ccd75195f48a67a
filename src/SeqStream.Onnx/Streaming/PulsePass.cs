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
    private readonly Dictionary<OnnxNode, TraceStep> _shorter;
    private readonly Dictionary<OnnxNode, TraceStep> _longer;
    private readonly HashSet<string> _outputs;

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
        _outputs = [.. model.Graph.Outputs.Select(static output => output.Name)];
        (ShortLength, LongLength, Frames, NeededFrames, Weights) = (shortLength, longLength, frames, frames, weights);
    }

    /// <summary>Frames of the shorter whole sequence.</summary>
    public int ShortLength { get; }

    /// <summary>Frames of the longer whole sequence.</summary>
    public int LongLength { get; }

    /// <summary>Source frames of one step.</summary>
    public int Frames { get; }

    /// <summary>Source frames of one step that the strides ask for: where it is more than <see cref="Frames"/>, the walk is to be made again.</summary>
    public int NeededFrames { get; private set; }

    /// <summary>Source frames of the shortest stream for which every value has a frame.</summary>
    public long ShortestStream { get; private set; } = 1;

    /// <summary>Weights that are taken out of the model already.</summary>
    public PackedWeights Weights { get; }

    /// <summary>The clock of the plan's streams.</summary>
    public StreamClock Clock { get; } = new();

    /// <summary>What is known of a value; null for constants and values without a time axis.</summary>
    public PulseFacts? FactsOf(Wire? wire) => wire is not null && _facts.TryGetValue(wire, out PulseFacts facts) ? facts : null;

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
        return question.Streaming.Any() ? PulseRules.Lower(question) : Still(question);
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

    /// <summary>Notes a value that a node makes, after comparing its shape with what the whole sequence has.</summary>
    /// <exception cref="LoweringException">They differ.</exception>
    public void Define(PulseQuestion question, int output, Wire wire, PulseFacts facts)
    {
        if (wire.Constant is not null) return;
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
        ShortestStream = Math.Max(ShortestStream, facts.Length.Divisor - facts.Length.Offset);
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

    /// <summary>A node that reads no stream: it may still spread a value over one.</summary>
    private Lowered Still(PulseQuestion question)
    {
        ImmutableArray<Wire?> inputs = question.Inputs;
        for (int input = 0; input < inputs.Length; input++) CheckConstant(question, input);
        Lowered lowered = question.Rule(question.Context);
        for (int output = 0; output < lowered.Outputs.Length; output++)
        {
            if (lowered.Outputs[output] is not { Constant: null } wire) continue;
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
