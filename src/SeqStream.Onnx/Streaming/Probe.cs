using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>One value, traced at three lengths of the stream.</summary>
/// <param name="Short">Its wire at <see cref="ShortLength"/> steps.</param>
/// <param name="Long">Its wire at <see cref="LongLength"/> steps.</param>
/// <param name="One">Its wire at a single step.</param>
internal sealed record Probe(Wire Short, Wire Long, Wire One)
{
    /// <summary>Steps of the shorter trace: a prime that few models have as a size.</summary>
    public const int ShortLength = 13;

    /// <summary>Steps of the longer trace.</summary>
    public const int LongLength = 17;

    /// <summary>True if the time axis may have any length, and <see cref="One"/> is not one step but the frames of one: windows and pads make it so.</summary>
    public bool IsOfAnyLength { get; init; }

    /// <summary>True if the value is constant in every trace.</summary>
    public bool IsConstant => Short.Constant is not null && Long.Constant is not null && One.Constant is not null;

    /// <summary>The value's time axis; -1 if its shape does not depend on the stream's length; or why neither is true.</summary>
    public int TimeAxis(out string? reason)
    {
        reason = null;
        if (Short.Shape.Rank != Long.Shape.Rank || Short.Shape.Rank != One.Shape.Rank)
        {
            reason = $"the number of dimensions of '{Short.Name}' depends on the stream's length: {Describe()}";
            return -1;
        }
        int axis = -1;
        for (int at = 0; at < Short.Shape.Rank; at++)
        {
            (int one, int shorter, int longer) = (One.Shape[at], Short.Shape[at], Long.Shape[at]);
            if (shorter == longer && (IsOfAnyLength || one == shorter)) continue;
            if (axis >= 0) reason = $"'{Short.Name}' has the stream's time on more than one axis: {Describe()}";
            else if (!IsOfAnyLength && (one != 1 || shorter != ShortLength || longer != LongLength)) reason = $"axis {at} of '{Short.Name}' is not as long as the stream: {Describe()}";
            axis = at;
        }
        return reason is null ? axis : -1;
    }

    /// <summary>True if the constant's value is the same in every trace.</summary>
    public bool IsSameEverywhere() => Same(Short.Constant!, Long.Constant!) && Same(Short.Constant!, One.Constant!);

    /// <summary>True if the constant has a time axis and each step of it has the same value.</summary>
    public bool IsUniformAlong(int axis) => Repeats(Short, axis) && Repeats(Long, axis) && Repeats(One, axis);

    private bool Repeats(Wire wire, int axis)
    {
        int before = wire.Shape.ElementCountBetween(0, axis), steps = wire.Shape[axis], stepsOfOne = One.Shape[axis];
        int bytes = wire.Shape.ElementCountBetween(axis + 1, wire.Shape.Rank) * wire.Type.ByteSize();
        ReadOnlySpan<byte> all = wire.Constant!.Bytes, one = One.Constant!.Bytes;
        for (int outer = 0; outer < before; outer++)
        {
            for (int step = 0; step < steps; step++)
            {
                if (!all.Slice((outer * steps + step) * bytes, bytes).SequenceEqual(one.Slice(outer * stepsOfOne * bytes, bytes))) return false;
            }
        }
        return true;
    }

    private static bool Same(ConstantTensor left, ConstantTensor right) => ReferenceEquals(left, right) || (left.Type == right.Type && left.Shape == right.Shape && left.Bytes.SequenceEqual(right.Bytes));

    private string Describe() => $"{One.Shape} for 1 step, {Short.Shape} for {ShortLength}, {Long.Shape} for {LongLength}";
}
