using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>One node of a whole-sequence model, asked whether each step of its result depends on that step alone.</summary>
internal sealed class TimeQuestion
{
    /// <summary>What to do about a node that looks at the whole sequence.</summary>
    public const string WholeSequence = "Train or export the model without it, or run the newest frames anew at every step (--window)";

    /// <summary>The node.</summary>
    public required OnnxNode Node { get; init; }

    /// <summary>Version of its operator set.</summary>
    public required int Opset { get; init; }

    /// <summary>Its inputs; null where absent.</summary>
    public required ImmutableArray<Probe?> Inputs { get; init; }

    /// <summary>What is known of its inputs; meaningless where absent.</summary>
    public required ImmutableArray<WireFacts> Facts { get; init; }

    /// <summary>Its outputs; null where unwanted.</summary>
    public required ImmutableArray<Probe?> Outputs { get; init; }

    /// <summary>Set by a rule: the result is that of the last step.</summary>
    public bool IsLastStep { get; set; }

    /// <summary>Set by a rule: the outputs from this one on belong to the last step.</summary>
    public int LastStepOutputsFrom { get; set; } = int.MaxValue;

    /// <summary>Set by a rule: the outputs before this one belong to the last step.</summary>
    public int LastStepOutputsUntil { get; set; }

    /// <summary>Set by a rule: the node advances by one step with the stream and keeps its state.</summary>
    public bool IsResident { get; set; }

    /// <summary>The inputs that have a time axis.</summary>
    public IEnumerable<int> Streaming => Enumerable.Range(0, Inputs.Length).Where(IsStreaming);

    /// <summary>The time axis of the first output; -1 if it has none.</summary>
    public int OutputAxis => Outputs.Length > 0 && Outputs[0] is { } output ? output.TimeAxis(out _) : -1;

    /// <summary>True if the input is there.</summary>
    public bool Has(int input) => input < Inputs.Length && Inputs[input] is not null;

    /// <summary>True if the input has a time axis.</summary>
    public bool IsStreaming(int input) => Has(input) && Facts[input].Kind == TimeKind.EveryStep;

    /// <summary>An input's shape at the shorter of the two lengths.</summary>
    public TensorShape Shape(int input) => Inputs[input]!.Short.Shape;

    /// <summary>An axis attribute as a position from 0.</summary>
    public int Axis(string name, long fallback, int rank)
    {
        long axis = Node.Attributes.GetValueOrDefault(name)?.Int ?? fallback;
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long fallback) => Node.Attributes.GetValueOrDefault(name)?.Int ?? fallback;

    /// <summary>Axes given by input or, in older operator sets, by attribute; null if not given.</summary>
    public int[]? Axes(int input, int rank)
    {
        long[]? axes = Has(input) ? Constant(input) : Node.Attributes.TryGetValue("axes", out OnnxAttribute? attribute) ? [.. attribute.Ints] : null;
        return axes is null ? null : Array.ConvertAll(axes, axis => (int)(axis < 0 ? axis + rank : axis));
    }

    /// <summary>The integers of a constant input, which must not depend on the stream's length.</summary>
    public long[] Constant(int input)
    {
        Probe probe = Inputs[input]!;
        if (!probe.IsConstant || !probe.IsSameEverywhere()) throw Refuse($"its input {input}, '{probe.Short.Name}', depends on the length of the stream", WholeSequence);
        return probe.Short.Constant!.ToInt64Array();
    }

    /// <summary>Refuses unless the time axis of an input differs from <paramref name="axis"/>.</summary>
    public void NotAlong(int input, int axis, string what)
    {
        if (IsStreaming(input) && Facts[input].Axis == axis) throw OverTime(what);
    }

    /// <summary>A refusal of something that happens along time.</summary>
    public LoweringException OverTime(string what) => Refuse($"{what} runs over the stream's time, so a step would need steps that have not come yet", WholeSequence);

    /// <summary>A refusal of this node, to be thrown.</summary>
    public LoweringException Refuse(string reason, string remedy) => new(new Blocker(Node.Name, Node.Operator, reason, remedy));
}
