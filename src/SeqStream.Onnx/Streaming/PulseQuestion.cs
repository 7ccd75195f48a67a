using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>One node that reads a stream, while it is rewritten to steps: its inputs and what is put before it.</summary>
internal sealed class PulseQuestion
{
    private readonly ImmutableArray<StepNode>.Builder _nodes = ImmutableArray.CreateBuilder<StepNode>();
    private readonly Dictionary<string, int> _inserted = new(StringComparer.Ordinal);

    /// <summary>The node with the frames of one step.</summary>
    public required NodeContext Context { get; init; }

    /// <summary>The operator's own rule.</summary>
    public required OperatorRule Rule { get; init; }

    /// <summary>The pass that asks.</summary>
    public required PulsePass Pass { get; init; }

    /// <summary>The node in the trace of the shorter whole sequence.</summary>
    public required TraceStep Short { get; init; }

    /// <summary>The node in the trace of the longer whole sequence.</summary>
    public required TraceStep Long { get; init; }

    /// <summary>The node as the model has it.</summary>
    public OnnxNode Node => Context.Node;

    /// <summary>The inputs that have a time axis and are no constants.</summary>
    public IEnumerable<int> Streaming => Enumerable.Range(0, Context.InputCount).Where(input => Pass.FactsOf(Context.OptionalInput(input)) is not null);

    /// <summary>All inputs.</summary>
    public ImmutableArray<Wire?> Inputs => [.. Enumerable.Range(0, Context.InputCount).Select(Context.OptionalInput)];

    /// <summary>What is known of an input that streams.</summary>
    public PulseFacts Facts(int input) => Pass.FactsOf(Context.OptionalInput(input))!.Value;

    /// <summary>Adds plan nodes before those of the operator.</summary>
    public void Insert(StepNode node) => _nodes.Add(node);

    /// <summary>The result: the inserted nodes, then those of the operator.</summary>
    public Lowered Result(Lowered last) => Lowered.Sequence([.. _nodes, .. last.Nodes], last.Outputs);

    /// <summary>The result where the inserted nodes make the output themselves.</summary>
    public Lowered Result(Wire output) => Lowered.Sequence(_nodes.ToImmutable(), output);

    /// <summary>The operator's own rule on other inputs, perhaps with other attributes.</summary>
    public Lowered Apply(ImmutableArray<Wire?> inputs, OnnxNode? node = null) => Rule(Context.With(node ?? Node, inputs));

    /// <summary>Holds a value back, and shows frames again.</summary>
    public (Wire Wire, PulseFacts Facts) Delay(Wire wire, PulseFacts facts, int wait, int overlap)
    {
        if (wait + overlap == 0) return (wire, facts);
        int[] shape = [.. wire.Shape.Dimensions];
        shape[facts.Axis] += overlap;
        string name = Unique("delay");
        Wire output = Context.Wire(name, wire.Type, new TensorShape(shape));
        Insert(new DelayNode(output.Name, wire, output, facts.Axis, wait, overlap, facts.Fill));
        int delay = facts.Delay + wait + overlap;
        return (output, facts with { Delay = delay, Frames = facts.Frames + overlap, Fill = delay < 0 ? facts.Fill : null });
    }

    /// <summary>Waits until no frames are missing.</summary>
    public (Wire Wire, PulseFacts Facts) Settle(Wire wire, PulseFacts facts) => Delay(wire, facts, Math.Max(0, -facts.Delay), 0);

    /// <summary>A view that has facts of its own.</summary>
    public Wire View(Wire wire) => new(Context.Wire(Unique("view"), wire.Type, wire.Shape).Name, wire, wire.Shape);

    /// <summary>A name for a wire that is inserted.</summary>
    public string Unique(string part)
    {
        int count = _inserted[part] = _inserted.GetValueOrDefault(part) + 1;
        return count == 1 ? $"{Node.Name}.{part}" : $"{Node.Name}.{part}{count}";
    }

    /// <summary>The same value of an input in all traces.</summary>
    public Probe ProbeOf(int input) => new(Short.Inputs[input]!, Long.Inputs[input]!, Context.OptionalInput(input)!) { IsOfAnyLength = true };

    /// <summary>A refusal of this node, to be thrown.</summary>
    public LoweringException Refuse(string reason) => Context.Refuse(reason, TimeQuestion.WholeSequence);
}
