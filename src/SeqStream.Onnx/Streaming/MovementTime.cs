using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in operators that move elements.</summary>
internal static class MovementTime
{
    /// <summary>Local: the traced shapes say where the time axis went.</summary>
    public static void Transpose(TimeQuestion question)
    {
    }

    /// <summary>Local if as many elements lie before and after the time axis as before.</summary>
    public static void Reshape(TimeQuestion question)
    {
        int moved = question.OutputAxis;
        if (!question.IsStreaming(0) || moved < 0) return;
        TensorShape from = question.Shape(0), to = question.Outputs[0]!.Short.Shape;
        int axis = question.Facts[0].Axis;
        bool keeps = from.ElementCountBetween(0, axis) == to.ElementCountBetween(0, moved)
            && from.ElementCountBetween(axis + 1, from.Rank) == to.ElementCountBetween(moved + 1, to.Rank);
        if (!keeps) throw question.Refuse($"it joins the time axis with others: {from} becomes {to} for {Probe.ShortLength} steps", TimeQuestion.WholeSequence);
    }

    /// <summary>Local unless it joins along time.</summary>
    public static void Concat(TimeQuestion question)
    {
        int rank = question.Outputs[0]!.Short.Shape.Rank;
        foreach (int input in question.Streaming)
        {
            question.NotAlong(input, question.Axis("axis", 0, rank), "the concatenation");
            if (question.Facts[input].Axis != question.OutputAxis) throw question.Refuse("the time axes of its inputs are not the same", TimeQuestion.WholeSequence);
        }
    }

    /// <summary>Local unless it cuts time.</summary>
    public static void Split(TimeQuestion question) => question.NotAlong(0, question.Axis("axis", 0, question.Shape(0).Rank), "the split");

    /// <summary>Local where it leaves time alone; the last step where it takes that.</summary>
    public static void Slice(TimeQuestion question)
    {
        int rank = question.Shape(0).Rank;
        (long[] starts, long[] longStarts) = Bounds(question, 1, "starts");
        (long[] ends, long[] longEnds) = Bounds(question, 2, "ends");
        int[] axes = question.Axes(3, rank) ?? [.. Enumerable.Range(0, starts.Length)];
        long[] steps = question.Has(4) ? question.Constant(4) : Array.ConvertAll(axes, static _ => 1L);
        for (int index = 0; index < axes.Length; index++)
        {
            if (question.IsStreaming(0) && axes[index] == question.Facts[0].Axis)
            {
                bool first = FromEnd(starts[index], Probe.ShortLength) == 0 && FromEnd(longStarts[index], Probe.LongLength) == 0;
                bool last = FromEnd(starts[index], Probe.ShortLength) == Probe.ShortLength - 1 && FromEnd(longStarts[index], Probe.LongLength) == Probe.LongLength - 1;
                bool toEnd = FromEnd(ends[index], Probe.ShortLength) >= Probe.ShortLength && FromEnd(longEnds[index], Probe.LongLength) >= Probe.LongLength;
                if (steps[index] == 1 && first && toEnd) continue;
                if (steps[index] != 1 || !last || !toEnd) throw question.Refuse("it takes a part of the stream's time other than all of it or its last step", TimeQuestion.WholeSequence);
                question.IsLastStep = true;
            }
            else if (starts[index] != longStarts[index] || ends[index] != longEnds[index])
            {
                throw question.Refuse("its bounds depend on the length of the stream, but it does not cut along time", TimeQuestion.WholeSequence);
            }
        }
    }

    /// <summary>Local where it leaves time alone; the last step where it takes that.</summary>
    public static void Gather(TimeQuestion question)
    {
        int axis = question.Axis("axis", 0, question.Shape(0).Rank);
        Probe indices = question.Inputs[1]!;
        if (question.IsStreaming(0) && question.Facts[0].Axis == axis)
        {
            bool isLast = indices.IsConstant && indices.Short.Shape.ElementCount == 1
                && FromEnd(indices.Short.Constant!.ToInt64Array()[0], Probe.ShortLength) == Probe.ShortLength - 1
                && FromEnd(indices.Long.Constant!.ToInt64Array()[0], Probe.LongLength) == Probe.LongLength - 1;
            if (!isLast) throw question.Refuse("it takes a step of the stream other than the last", "Take the last step, or export the model with an output for every step");
            question.IsLastStep = true;
        }
        else if (indices.IsConstant ? !indices.IsSameEverywhere() : question.IsStreaming(0) && question.IsStreaming(1))
        {
            throw question.Refuse("its indices depend on the stream's time in a way that mixes steps", TimeQuestion.WholeSequence);
        }
    }

    /// <summary>Local unless it repeats time.</summary>
    public static void Tile(TimeQuestion question)
    {
        if (question.IsStreaming(0) && question.Facts[0].Axis != question.OutputAxis) throw question.OverTime("the repetition");
    }

    /// <summary>Local unless it adds steps.</summary>
    public static void Pad(TimeQuestion question)
    {
        if (!question.IsStreaming(0)) return;
        long[] pads = question.Has(1) ? question.Constant(1) : question.Node.Attributes.TryGetValue("pads", out OnnxAttribute? attribute) ? [.. attribute.Ints] : [];
        int rank = question.Shape(0).Rank;
        int[] axes = question.Axes(3, rank) ?? [.. Enumerable.Range(0, rank)];
        int at = Array.IndexOf(axes, question.Facts[0].Axis);
        if (at >= 0 && at + axes.Length < pads.Length && (pads[at] != 0 || pads[at + axes.Length] != 0)) throw question.OverTime("the padding");
    }

    /// <summary>Local: it works element by element and adds an axis.</summary>
    public static void OneHot(TimeQuestion question)
    {
    }

    private static (long[] Short, long[] Long) Bounds(TimeQuestion question, int input, string name)
    {
        if (!question.Has(input))
        {
            long[] values = question.Node.Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? [.. attribute.Ints] : [];
            return (values, values);
        }
        Probe probe = question.Inputs[input]!;
        if (!probe.IsConstant) throw question.Refuse($"its {name} are computed from what a step is given", TimeQuestion.WholeSequence);
        return (probe.Short.Constant!.ToInt64Array(), probe.Long.Constant!.ToInt64Array());
    }

    private static long FromEnd(long position, int length) => position < 0 ? position + length : position;
}
