using SeqStream.State;

namespace SeqStream.Plan;

/// <summary>Assigns every wire of a plan its slot and every state field its place in the row, for <see cref="StepNode.Bind"/>.</summary>
public sealed class PlanSlots
{
    private readonly Dictionary<Wire, WireSlot> _slots = [];
    private readonly HashSet<Wire> _asked = [];
    private readonly StateLayout _layout;

    /// <summary>Numbers the plan's wires.</summary>
    public PlanSlots(IEnumerable<Wire> wires, StateLayout layout)
    {
        ArgumentNullException.ThrowIfNull(wires);
        _layout = layout;
        foreach (Wire wire in wires) _slots.TryAdd(wire.Root, new WireSlot(_slots.Count, wire.Constant is null ? wire.ByteCount : 0));
    }

    /// <summary>Number of slots.</summary>
    public int Count => _slots.Count;

    /// <summary>All wires, in slot order.</summary>
    public IEnumerable<Wire> Wires => _slots.OrderBy(static pair => pair.Value.Index).Select(static pair => pair.Key);

    /// <summary>The slot of a wire, for a view that of its root; <see cref="WireSlot.Absent"/> for null. A constant that nobody asks for has no buffer: its packed form is enough.</summary>
    public WireSlot Of(Wire? wire)
    {
        if (wire is null) return WireSlot.Absent;
        _asked.Add(wire.Root);
        return _slots[wire.Root];
    }

    /// <summary>True once a kernel has asked for the wire's slot.</summary>
    internal bool IsAsked(Wire wire) => _asked.Contains(wire);

    /// <summary>Byte offset of a state field in the state row.</summary>
    public int OffsetOf(StateField field) => _layout.OffsetOf(field);
}
