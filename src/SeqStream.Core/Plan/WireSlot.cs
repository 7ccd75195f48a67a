namespace SeqStream.Plan;

/// <summary>Where a bound kernel finds a wire.</summary>
/// <param name="Index">Position in <see cref="StepContext.Wires"/>; -1 for an absent optional wire.</param>
/// <param name="LaneStride">Bytes from one lane's value to the next; 0 for a constant, which all lanes share.</param>
public readonly record struct WireSlot(int Index, nint LaneStride)
{
    /// <summary>The slot of an absent optional wire.</summary>
    public static WireSlot Absent => new(-1, 0);

    /// <summary>False for an absent optional wire.</summary>
    public bool IsPresent => Index >= 0;

    /// <summary>True if all lanes share one value.</summary>
    public bool IsConstant => IsPresent && LaneStride == 0;
}
