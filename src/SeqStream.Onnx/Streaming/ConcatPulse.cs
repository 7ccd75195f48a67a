using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Constants put before and after a stream.</summary>
internal static class ConcatPulse
{
    /// <summary>Rewrites Concat along time; null if it joins along another axis.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        int[] streaming = [.. question.Streaming];
        PulseFacts facts = question.Facts(streaming[0]);
        int axis = node.Axis(node.Int("axis", node.Opset < 4 ? 1 : 0), question.Inputs[streaming[0]]!.Shape.Rank);
        if (axis != facts.Axis) return null;
        if (streaming.Length > 1) throw question.Refuse("it puts one stream behind another along time, so the second would have to wait for the first one's end");
        Wire wire = node.Input(streaming[0]);
        for (int input = streaming[0] - 1; input >= 0; input--) (wire, facts) = PadPulse.Apply(question, wire, facts, prefix: Constant(question, input), suffix: null);
        for (int input = streaming[0] + 1; input < node.InputCount; input++) (wire, facts) = PadPulse.Apply(question, wire, facts, prefix: null, suffix: Constant(question, input));
        (wire, facts) = question.Settle(question.View(wire), facts);
        question.Pass.Define(question, 0, wire, facts);
        return question.Result(wire);
    }

    private static Wire Constant(PulseQuestion question, int input)
    {
        Probe probe = question.ProbeOf(input);
        if (probe.IsConstant && probe.IsSameEverywhere()) return probe.One;
        throw question.Refuse($"it joins '{probe.One.Name}' to the stream along time, which is no constant");
    }
}
