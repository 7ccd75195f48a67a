using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Control;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Scan and Loop along a stream that may lag and may bring several frames at each step.</summary>
internal static class ScanPulse
{
    /// <summary>Rewrites the node. Its final states are not offered: they belong to the last frame alone.</summary>
    public static Lowered Lower(PulseQuestion question)
    {
        ScanForm whole = ScanForm.Read(question.Context.With(question.Node, question.Short.Inputs));
        foreach (int input in question.Streaming)
        {
            if (ScanTime.Refusal(question.Node.Operator, whole, input, question.Facts(input).Axis, question.Inputs[input]!.Name) is { } reason) throw question.Context.Refuse(reason, ScanTime.RemedyOf(reason));
        }
        (ImmutableArray<Wire?> inputs, PulseFacts facts) = PulseRules.Align(question);
        NodeContext node = question.Context.With(question.Node, inputs);
        ScanForm form = ScanForm.Read(node);
        if (form.Trips != facts.Frames || form.Slices.Length != whole.Slices.Length) throw question.Refuse($"it makes {form.Trips} trips for the {facts.Frames} frames of a step");
        Lowered lowered = ScanSteps.Lower(node, form, question.Pass.Clock, facts.Delay);
        Wire?[] outputs = [.. lowered.Outputs];
        foreach (ScanFormState state in form.States.Where(static state => state.Output >= 0)) outputs[state.Output] = null;
        foreach (ScanFormSlice stack in form.Stacks)
        {
            if (outputs[stack.Place] is not { } wire) continue;
            int axis = stack.Axis < 0 ? stack.Axis + wire.Shape.Rank : stack.Axis;
            question.Pass.Define(question, stack.Place, wire, facts with { Axis = axis });
        }
        return question.Result(Lowered.Sequence(lowered.Nodes, [.. outputs]));
    }
}
