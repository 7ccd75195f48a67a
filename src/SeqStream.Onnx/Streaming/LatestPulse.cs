using SeqStream.Onnx.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>The last frame of a stream: the newest one at each step, and the last one from the step on in which it has come.</summary>
internal static class LatestPulse
{
    /// <summary>Rewrites Gather that takes the last frame; null if it leaves time alone.</summary>
    public static Lowered? Gather(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts || node.Axis(node.Int("axis", 0), node.Input(0).Shape.Rank) != facts.Axis) return null;
        bool isLast = IsLast(question.Short.Inputs[1]!, facts.Length.Of(question.Pass.ShortLength)) && IsLast(question.Long.Inputs[1]!, facts.Length.Of(question.Pass.LongLength));
        if (!isLast) throw question.Refuse("it takes a step of the stream other than the last");
        (Wire wire, facts) = Take(question, node.Input(0), facts);
        TensorShape shape = node.Input(1).Shape;
        Lowered lowered = question.Apply([wire, new Wire(question.Unique("newest"), ConstantTensor.Int64(shape, new long[shape.ElementCount]))]);
        question.Pass.DefineLatest(question, 0, lowered.Outputs[0]!, facts);
        return question.Result(lowered);
    }

    /// <summary>Answers the newest frame and keeps the last.</summary>
    public static (Wire Wire, PulseFacts Facts) Take(PulseQuestion question, Wire wire, PulseFacts facts)
    {
        (wire, facts) = question.Settle(wire, facts);
        (wire, facts) = PadPulse.AwaitEnd(question, wire, facts);
        int[] shape = [.. wire.Shape.Dimensions];
        shape[facts.Axis] = 1;
        string name = question.Unique("latest");
        Wire output = question.Context.Wire(name, wire.Type, new TensorShape(shape));
        question.Insert(new LatestFrameNode(output.Name, question.Pass.Clock, wire, output, facts.Axis, facts.Delay, facts.Length));
        return (output, facts);
    }

    private static bool IsLast(Wire index, long length)
        => index.Constant is { Shape.ElementCount: 1 } constant && constant.ToInt64Array()[0] is var at && (at == -1 || at == length - 1);
}
