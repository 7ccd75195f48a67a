using SeqStream.Plan;

namespace SeqStream.Execution;

/// <summary>
/// Places the wires of a plan in one block of memory. Wires that are never alive at the same time share bytes: each goes to the lowest gap, the largest first, or,
/// where there are so many that looking for gaps would take seconds, to the place of a wire of its size that is not needed any more. Inputs and outputs keep
/// their bytes for the whole step, so that a caller can write the one and read the other at leisure.
/// </summary>
internal sealed class WireBuffers
{
    private const int Alignment = 64;
    private const int MostForGaps = 4096;
    private readonly List<Interval> _placed = [];

    public WireBuffers(StepPlan plan, PlanSlots slots)
    {
        Dictionary<Wire, Interval> intervals = [];
        for (int at = 0; at < plan.Nodes.Length; at++)
        {
            foreach (Wire? wire in plan.Nodes[at].Inputs.Concat(plan.Nodes[at].Outputs).Select(static wire => wire?.Root))
            {
                if (wire is null || wire.Constant is not null) continue;
                if (intervals.TryGetValue(wire, out Interval? known)) known.Last = at;
                else intervals.Add(wire, new Interval(slots.Of(wire).Index, wire.ByteCount, at));
            }
        }
        foreach (Wire wire in plan.Inputs.Concat(plan.Outputs.Select(static output => output.Wire.Root)))
        {
            if (wire.Constant is not null) continue;
            if (!intervals.TryGetValue(wire, out Interval? kept)) intervals.Add(wire, kept = new Interval(slots.Of(wire).Index, wire.ByteCount, 0));
            kept.First = -1;
            kept.Last = int.MaxValue;
        }
        _placed.AddRange(intervals.Values.OrderByDescending(static interval => interval.Bytes));
    }

    /// <summary>Bytes of the block for a number of lanes, and the offset of each placed slot in it.</summary>
    public nint Place(int lanes, Span<nint> offsets)
    {
        if (_placed.Count > MostForGaps) return PlaceInOrder(lanes, offsets);
        nint total = 0;
        for (int i = 0; i < _placed.Count; i++)
        {
            nint offset = LowestGap(i, lanes, offsets);
            offsets[_placed[i].Slot] = offset;
            total = Math.Max(total, offset + Size(_placed[i], lanes));
        }
        return total;
    }

    private nint PlaceInOrder(int lanes, Span<nint> offsets)
    {
        PriorityQueue<Interval, int> alive = new();
        Dictionary<nint, Stack<nint>> free = [];
        nint total = 0;
        foreach (Interval interval in _placed.OrderBy(static interval => interval.First))
        {
            while (alive.TryPeek(out Interval? oldest, out int last) && last < interval.First)
            {
                alive.Dequeue();
                Free(oldest).Push(offsets[oldest.Slot]);
            }
            nint size = Size(interval, lanes);
            if (!Free(interval).TryPop(out nint offset)) (offset, total) = (total, total + size);
            offsets[interval.Slot] = offset;
            alive.Enqueue(interval, interval.Last);
        }
        return total;

        Stack<nint> Free(Interval interval)
        {
            nint size = Size(interval, lanes);
            if (!free.TryGetValue(size, out Stack<nint>? places)) free.Add(size, places = new Stack<nint>());
            return places;
        }
    }

    private static nint Size(Interval interval, int lanes) => ((nint)interval.Bytes * lanes + Alignment - 1) / Alignment * Alignment;

    private nint LowestGap(int index, int lanes, Span<nint> offsets)
    {
        nint size = Size(_placed[index], lanes), offset = 0;
        for (bool moved = true; moved;)
        {
            moved = false;
            for (int other = 0; other < index; other++)
            {
                if (!_placed[index].Overlaps(_placed[other])) continue;
                nint start = offsets[_placed[other].Slot], end = start + Size(_placed[other], lanes);
                if (offset < end && start < offset + size)
                {
                    offset = end;
                    moved = true;
                }
            }
        }
        return offset;
    }

    /// <summary>The nodes between which a wire is alive, both included.</summary>
    private sealed class Interval(int slot, int bytes, int first)
    {
        public readonly int Slot = slot;
        public readonly int Bytes = bytes;
        public int First = first;
        public int Last = first;

        public bool Overlaps(Interval other) => First <= other.Last && other.First <= Last;
    }
}
