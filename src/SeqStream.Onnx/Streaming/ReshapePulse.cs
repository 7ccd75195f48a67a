using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Reshapes that make several frames of each frame, or one frame of several: the elements keep their order, so a step's frames are reshaped by themselves.</summary>
internal static class ReshapePulse
{
    /// <summary>Rewrites Reshape; null if as many elements lie behind the time axis as before.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts) return null;
        TensorShape from = question.Short.Inputs[0]!.Shape, to = question.Short.Outputs[0]!.Shape;
        int axis = new Probe(question.Short.Outputs[0]!, question.Long.Outputs[0]!, question.Short.Outputs[0]!) { IsOfAnyLength = true }.TimeAxis(out _);
        if (axis < 0 || from.ElementCountBetween(0, facts.Axis) != to.ElementCountBetween(0, axis)) return null;
        int inner = from.ElementCountBetween(facts.Axis + 1, from.Rank), after = to.ElementCountBetween(axis + 1, to.Rank);
        if (inner == after || after == 0 || (inner % after != 0 && after % inner != 0)) return null;
        (Wire wire, facts) = question.Settle(node.Input(0), facts);
        (wire, facts) = inner > after ? Split(wire, facts, inner / after) : Merge(question, wire, facts, after / inner);
        int[] shape = [.. to.Dimensions];
        shape[axis] = facts.Frames;
        Wire output = new(node.Output(0, wire.Type, new TensorShape(shape)).Name, wire, new TensorShape(shape));
        question.Pass.Define(question, 0, output, facts with { Axis = axis });
        return question.Result(output);
    }

    private static (Wire Wire, PulseFacts Facts) Split(Wire wire, PulseFacts facts, int parts)
        => (wire, facts with { Frames = facts.Frames * parts, Delay = checked(facts.Delay * parts), Length = facts.Length.Times(parts) });

    /// <summary>Waits until each group of frames lies within one step.</summary>
    private static (Wire Wire, PulseFacts Facts) Merge(PulseQuestion question, Wire wire, PulseFacts facts, int group)
    {
        question.Pass.NeedMultiple(question, facts.Frames, group);
        double reach = facts.Stride * (group - 1);
        (wire, facts) = question.Delay(wire, facts, (group - (facts.Delay % group)) % group, 0);
        return (wire, facts with { Frames = facts.Frames / group, Delay = facts.Delay / group, Length = facts.Length.Over(group), Anchor = facts.Anchor + reach });
    }
}
