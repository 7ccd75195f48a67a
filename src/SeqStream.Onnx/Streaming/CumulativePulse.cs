using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Running sums along the stream, and numbers that count its frames.</summary>
internal static class CumulativePulse
{
    /// <summary>Rewrites CumSum; null if it runs along another axis.</summary>
    public static Lowered? Sum(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts) throw question.Refuse("its axis changes with the stream");
        if (AxisOf(node) != facts.Axis) return null;
        (Wire wire, facts) = question.Settle(node.Input(0), facts);
        return Sum(question, wire, facts);
    }

    /// <summary>Rewrites a node of constants alone whose result counts the stream's frames: a range, or a running sum of frames that are all the same; otherwise leaves it to its own rule.</summary>
    public static Lowered Count(PulseQuestion question)
    {
        Lowered? counted = question.Node.Operator == "Range" ? Positions(question) : SumOfConstants(question);
        return counted ?? question.Rule(question.Context);
    }

    private static Lowered? Positions(PulseQuestion question)
    {
        Probe start = question.ProbeOf(0), delta = question.ProbeOf(2);
        if (!start.IsConstant || !delta.IsConstant || !start.IsSameEverywhere() || !delta.IsSameEverywhere()) return null;
        if (question.Pass.FactsLike(question, static step => step.Outputs[0]!.Shape[0]) is not { } like) return null;
        PulseFacts facts = like with { Axis = 0, Delay = 0, Fill = null };
        Wire output = question.Context.Output(0, start.One.Type, new TensorShape(facts.Frames));
        question.Insert(new PositionsNode(question.Unique("positions"), question.Pass.Clock, output, Scalars.First(start.One.Constant!), Scalars.First(delta.One.Constant!)));
        question.Pass.Define(question, 0, output, facts);
        return question.Result(output);
    }

    private static Lowered? SumOfConstants(PulseQuestion question)
    {
        Probe x = question.ProbeOf(0);
        int axis = x.TimeAxis(out string? reason);
        if (reason is not null || axis < 0 || axis != AxisOf(question.Context) || !x.IsConstant || !x.IsUniformAlong(axis)) return null;
        if (question.Pass.FactsLike(question, step => step.Inputs[0]!.Shape[axis]) is not { } like || like.Frames != x.One.Shape[axis]) return null;
        return Sum(question, x.One, like with { Axis = axis, Delay = 0, Fill = null });
    }

    private static Lowered Sum(PulseQuestion question, Wire wire, PulseFacts facts)
    {
        NodeContext node = question.Context;
        if (node.Int("reverse", 0) != 0) throw question.Refuse("it sums from the end of the stream (reverse)");
        Wire output = node.Output(0, wire.Type, wire.Shape);
        question.Insert(new RunningSumNode(question.Unique("sum"), question.Pass.Clock, wire, output, facts.Axis, node.Int("exclusive", 0) != 0, facts.Delay));
        question.Pass.Define(question, 0, output, facts);
        return question.Result(output);
    }

    private static int AxisOf(NodeContext node) => node.Axis(node.ConstantInput(1, "axis").ToInt64Array()[0], node.Input(0).Shape.Rank);
}
