using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>Where a recurrent step finds its state: in the stream's row, updated in place, or on wires.</summary>
public sealed record RecurrentMemory
{
    private RecurrentMemory()
    {
    }

    /// <summary>h in the stream's row; null if the state comes by wire.</summary>
    public StateField? FieldH { get; private init; }

    /// <summary>c in the stream's row; null if the state comes by wire, or the cell has no c.</summary>
    public StateField? FieldC { get; private init; }

    /// <summary>The wire of h before the step; null for zeros or a state in the row.</summary>
    public Wire? WireH { get; private init; }

    /// <summary>The wire of c before the step; null for zeros or a state in the row.</summary>
    public Wire? WireC { get; private init; }

    /// <summary>True if the state lies in the stream's row.</summary>
    public bool IsResident => FieldH is not null;

    /// <summary>A state that lies in the stream's row.</summary>
    public static RecurrentMemory Resident(StateField h, StateField? c) => new() { FieldH = h, FieldC = c };

    /// <summary>A state that comes by wire; null for zeros.</summary>
    public static RecurrentMemory FromWires(Wire? h, Wire? c) => new() { WireH = h, WireC = c };
}
