using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Frames added before a stream's first frame and after its last, or cut off there.</summary>
internal static class PadPulse
{
    private const int PadsByInputOpset = 11;

    /// <summary>Rewrites Pad; null if it leaves time alone.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        Wire x = node.Input(0);
        PulseFacts facts = question.Facts(0);
        int rank = x.Shape.Rank;
        long[] pads = node.IntsFrom(1, PadsByInputOpset, "pads") ?? node.Ints("paddings") ?? throw node.Broken("it has no pads");
        long[] given = (node.Opset >= 18 ? node.OptionalConstantInput(3, "axes")?.ToInt64Array() : null) ?? [.. Enumerable.Range(0, rank).Select(static axis => (long)axis)];
        int at = Array.FindIndex(given, axis => node.Axis(axis, rank) == facts.Axis);
        if (at < 0 || at + given.Length >= pads.Length || (pads[at] == 0 && pads[at + given.Length] == 0)) return null;
        if (node.Text("mode", "constant") != "constant") throw question.Refuse($"it pads the stream's time in mode '{node.Text("mode", "constant")}'; only constant padding runs step by step");
        ConstantTensor fill = (node.Opset >= PadsByInputOpset ? node.OptionalConstantInput(2, "constant_value") : null) ?? Scalars.Of(x.Type, node.Opset >= PadsByInputOpset ? 0 : node.Float("value", 0));
        (int before, int after) = (checked((int)pads[at]), checked((int)pads[at + given.Length]));
        if (question.Inputs.Length > 1) CheckPads(question, 1);
        (Wire wire, facts) = Apply(question, x, facts, before, after, fill);
        pads[at] = pads[at + given.Length] = 0;
        bool isDone = Array.TrueForAll(pads, static pad => pad == 0);
        if (facts.Delay < 0 && (!isDone || question.Pass.IsOutput(node.Node.Outputs[0]))) (wire, facts) = question.Settle(wire, facts);
        Lowered lowered = isDone ? Lowered.Alias(wire) : Others(question, wire, pads);
        question.Pass.Define(question, 0, lowered.Outputs[0]!, facts);
        return question.Result(lowered);
    }

    /// <summary>Adds frames of one value; negative counts cut frames off. No frame is held back: those missing at the beginning are left to the node that follows.</summary>
    public static (Wire Wire, PulseFacts Facts) Apply(PulseQuestion question, Wire wire, PulseFacts facts, int before, int after, ConstantTensor fill)
    {
        bool hasOtherFill = facts.Fill is not null && !facts.Fill.Bytes.SequenceEqual(fill.Bytes);
        if (hasOtherFill && (before > 0 || after > 0)) (wire, facts) = question.Settle(wire, facts);
        if (after > 0) (wire, facts) = AwaitEnd(question, wire, facts);
        bool needsMask = (before > 0 && facts.Delay > 0) || after > 0;
        wire = needsMask ? Mask(question, wire, facts, fill, null, null) : question.View(wire);
        return (wire, Moved(facts, before, after, fill));
    }

    /// <summary>Adds the frames of constants before and after a stream.</summary>
    public static (Wire Wire, PulseFacts Facts) Apply(PulseQuestion question, Wire wire, PulseFacts facts, Wire? prefix, Wire? suffix)
    {
        (int before, int after) = (prefix?.Shape[facts.Axis] ?? 0, suffix?.Shape[facts.Axis] ?? 0);
        (wire, facts) = question.Delay(wire, facts, Math.Max(0, before - facts.Delay), 0);
        if (after > 0) (wire, facts) = AwaitEnd(question, wire, facts);
        ConstantTensor zero = Scalars.Of(wire.Type, 0);
        return (Mask(question, wire, facts, zero, prefix, suffix), Moved(facts, before, after, zero));
    }

    /// <summary>
    /// Waits until the frame after the value's last is not given before the source's end is known. Only where frames are cut off at the end does the value end
    /// before its source. With p frames for the P source frames of a step, length(S) + delay must not be less than p * floor(S / P); length(S + P) is length(S) + p,
    /// so that is so for every S if it is for S = 0.
    /// </summary>
    public static (Wire Wire, PulseFacts Facts) AwaitEnd(PulseQuestion question, Wire wire, PulseFacts facts)
        => question.Delay(wire, facts, checked((int)Math.Max(0, -facts.Length.Formula(0) - facts.Delay)), 0);

    private static PulseFacts Moved(PulseFacts facts, int before, int after, ConstantTensor fill)
    {
        int delay = facts.Delay - before;
        return facts with
        {
            Delay = delay,
            Length = facts.Length.Plus(before + after),
            Anchor = facts.Anchor - (facts.Stride * (before + Math.Max(after, 0))),
            Fill = delay < 0 ? facts.Fill ?? fill : null,
        };
    }

    /// <summary>Overwrites the frames before the stream's first and after its last, by each lane's own clock.</summary>
    public static Wire Mask(PulseQuestion question, Wire wire, PulseFacts facts, ConstantTensor fill, Wire? prefix, Wire? suffix)
    {
        string name = question.Unique("edges");
        Wire output = question.Context.Wire(name, wire.Type, wire.Shape);
        Wire filling = new(question.Context.Wire(name + ".fill", wire.Type, fill.Shape).Name, fill);
        question.Insert(new EdgeMaskNode(name, question.Pass.Clock, wire, filling, prefix, suffix, output, facts.Axis, facts.Delay, facts.Length));
        return output;
    }

    /// <summary>The pads of the other dimensions.</summary>
    private static Lowered Others(PulseQuestion question, Wire wire, long[] pads)
    {
        ImmutableArray<Wire?> inputs = question.Inputs.SetItem(0, wire);
        if (question.Context.Opset >= PadsByInputOpset) return question.Apply(inputs.SetItem(1, new Wire(question.Unique("pads"), ConstantTensor.Int64(new TensorShape(pads.Length), pads))));
        return question.Apply(inputs, question.Node.WithInts("pads", pads));
    }

    private static void CheckPads(PulseQuestion question, int input)
    {
        Probe probe = question.ProbeOf(input);
        if (!probe.IsConstant || !probe.IsSameEverywhere()) throw question.Refuse("its pads depend on the length of the stream");
    }
}
