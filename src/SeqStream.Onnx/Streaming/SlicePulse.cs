using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Frames cut off at a stream's beginning and end, and every n-th frame taken.</summary>
internal static class SlicePulse
{
    private const int ByInputOpset = 10;

    /// <summary>Rewrites Slice; null if it leaves time alone.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        PulseFacts facts = question.Facts(0);
        int rank = node.Input(0).Shape.Rank;
        NodeContext shorter = node.With(node.Node, question.Short.Inputs), longer = node.With(node.Node, question.Long.Inputs);
        long[] starts = Bounds(shorter, 1, "starts"), ends = Bounds(shorter, 2, "ends"), longStarts = Bounds(longer, 1, "starts"), longEnds = Bounds(longer, 2, "ends");
        long[] given = node.IntsFrom(3, ByInputOpset, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(static axis => (long)axis)];
        long[] steps = (node.Opset >= ByInputOpset ? node.OptionalConstantInput(4, "steps")?.ToInt64Array() : null) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        int at = Array.FindIndex(given, axis => node.Axis(axis, rank) == facts.Axis);
        if (at < 0 || at >= starts.Length || at >= ends.Length || at >= steps.Length) return null;
        bool isLast = steps[at] == 1 && IsLast(starts[at], ends[at], facts.Length.Of(question.Pass.ShortLength)) && IsLast(longStarts[at], longEnds[at], facts.Length.Of(question.Pass.LongLength));
        for (int other = 0; other < starts.Length; other++)
        {
            if (other != at && (starts[other] != longStarts[other] || ends[other] != longEnds[other])) throw question.Refuse("its bounds depend on the length of the stream, but it does not cut along time");
        }
        (Wire wire, facts) = isLast
            ? LatestPulse.Take(question, node.Input(0), facts)
            : Part(question, node.Input(0), facts, (starts[at], ends[at]), (longStarts[at], longEnds[at]), steps[at], step => Bounds(node.With(node.Node, step.Inputs), 2, "ends")[at]);
        (starts[at], ends[at], steps[at]) = (0, int.MaxValue, 1);
        Lowered lowered = starts.Length == 1 ? Lowered.Alias(wire) : Others(question, wire, starts, ends, steps);
        if (isLast) question.Pass.DefineLatest(question, 0, lowered.Outputs[0]!, facts);
        else question.Pass.Define(question, 0, lowered.Outputs[0]!, facts);
        return question.Result(lowered);
    }

    /// <summary>All frames but some first and last ones, or every n-th of them. The frame behind the last may also be as far as another value is long.</summary>
    private static (Wire Wire, PulseFacts Facts) Part(
        PulseQuestion question, Wire wire, PulseFacts facts, (long Start, long End) shorter, (long Start, long End) longer, long step, Func<TraceStep, long> endIn)
    {
        long shortLength = facts.Length.Of(question.Pass.ShortLength), longLength = facts.Length.Of(question.Pass.LongLength);
        long start = Place(shorter.Start, shortLength), shortEnd = Place(shorter.End, shortLength), longEnd = Place(longer.End, longLength), cut = shortLength - shortEnd;
        bool isOneStart = step >= 1 && start == Place(longer.Start, longLength) && start < shortEnd;
        StreamLength? end = isOneStart && shorter.End != longer.End ? EndOf(question, facts, endIn) : null;
        if (!isOneStart || (end is null && cut != longLength - longEnd)) throw question.Refuse("it takes a part of the stream's time other than all frames but some first and last ones");
        (wire, PulseFacts moved) = PadPulse.Apply(question, wire, facts, -(int)start, -(int)cut, facts.Fill ?? Scalars.Of(wire.Type, 0));
        if (end is not null) moved = moved with { Length = end.Plus(-start) };
        (wire, moved) = question.Settle(wire, moved);
        return step > 1 ? Thin(question, wire, moved, checked((int)step)) : (wire, moved);
    }

    /// <summary>The length of a value that ends where the cut is; null if none does for every length of the stream.</summary>
    private static StreamLength? EndOf(PulseQuestion question, PulseFacts facts, Func<TraceStep, long> endIn)
    {
        if (question.Pass.FactsLike(question, step => Place(endIn(step), step.Inputs[0]!.Shape[facts.Axis])) is not { } like || like.Frames != facts.Frames) return null;
        for (long frames = 0; frames < question.Pass.Frames; frames++)
        {
            if (like.Length.Formula(frames) > facts.Length.Formula(frames)) return null;
        }
        return like.Length;
    }

    private static bool IsLast(long start, long end, long length) => length > 1 && Place(start, length) == length - 1 && Place(end, length) == length;

    private static long Place(long position, long length) => Math.Clamp(position < 0 ? position + length : position, 0, length);

    /// <summary>Every n-th frame, from the first on.</summary>
    private static (Wire Wire, PulseFacts Facts) Thin(PulseQuestion question, Wire wire, PulseFacts facts, int step)
    {
        question.Pass.NeedMultiple(question, facts.Frames, step);
        (wire, facts) = question.Delay(wire, facts, (step - (facts.Delay % step)) % step, 0);
        int[] shape = [.. wire.Shape.Dimensions], by = new int[shape.Length];
        shape[facts.Axis] /= step;
        Array.Fill(by, 1);
        by[facts.Axis] = step;
        Wire output = question.Context.Wire(question.Unique("thinned"), wire.Type, new TensorShape(shape));
        question.Insert(RearrangeNode.Slice(question.Node.Name, "Slice", wire, output, new int[shape.Length], by));
        return (output, facts with { Frames = facts.Frames / step, Delay = facts.Delay / step, Length = facts.Length.Plus(step - 1).Over(step) });
    }

    private static Lowered Others(PulseQuestion question, Wire wire, long[] starts, long[] ends, long[] steps)
    {
        ImmutableArray<Wire?> inputs = question.Inputs.SetItem(0, wire);
        if (question.Context.Opset < ByInputOpset) return question.Apply(inputs, question.Node.WithInts("starts", starts).WithInts("ends", ends));
        inputs = inputs.SetItem(1, Constant("starts", starts)).SetItem(2, Constant("ends", ends));
        return question.Apply(inputs.Length > 4 && inputs[4] is not null ? inputs.SetItem(4, Constant("steps", steps)) : inputs);

        Wire Constant(string part, long[] values) => new(question.Unique(part), ConstantTensor.Int64(new TensorShape(values.Length), values));
    }

    private static long[] Bounds(NodeContext node, int input, string name) => node.IntsFrom(input, ByInputOpset, name) ?? throw node.Broken($"it has no {name}");
}
