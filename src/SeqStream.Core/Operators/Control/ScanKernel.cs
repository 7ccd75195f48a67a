using System.Runtime.CompilerServices;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Control;

/// <summary>
/// Runs the body of a <see cref="ScanNode"/>, some lanes at a time, on wires of its own. Scratch: the body's wires, the scratch of its nodes, the states on their way
/// from one trip to the next, the table of wires.
/// </summary>
internal sealed unsafe class ScanKernel : NodeKernel
{
    private const int LanesAtOnce = 8;

    private readonly NativeProgram _program;
    private readonly NodeKernel[] _kernels;
    private readonly int _trips, _condition;
    private readonly nint[] _wires;               // [slot] offset of a body wire
    private readonly nint[] _scratch;             // [kernel] offset of its scratch
    private readonly nint _moving, _table, _bytes;
    private readonly (WireSlot Outer, WireSlot Inner)[] _captures;
    private readonly Carried[] _states;
    private readonly Slice[] _slices, _stacks;

    public ScanKernel(ScanNode node, KernelChoice choice, PlanSlots slots)
    {
        _program = NativeProgram.Bind(node.Body, choice);
        _kernels = [.. _program.Kernels];
        (_trips, _condition) = (node.Trips, node.Condition);
        _captures = [.. node.Captures.Select(wire => (slots.Of(wire), _program.Slots.Of(wire)))];
        nint moved = 0;
        _states = [.. node.Carried.Select(state => Carry(state, slots, ref moved))];
        _slices = [.. node.Slices.Select(slice => Cut(slice, slots))];
        _stacks = [.. node.Stacks.Select(stack => Cut(stack, slots))];
        _wires = new nint[_program.Slots.Count];
        nint at = RoundUp(_program.Buffers.Place(LanesAtOnce, _wires));
        _scratch = new nint[_kernels.Length];
        for (int kernel = 0; kernel < _kernels.Length; kernel++)
        {
            _scratch[kernel] = at;
            at += RoundUp(_kernels[kernel].ScratchBytes(LanesAtOnce));
        }
        _moving = at;
        _table = at + RoundUp(moved * LanesAtOnce);
        _bytes = _table + RoundUp(_wires.Length * sizeof(byte*));
    }

    public override nint ScratchBytes(int maxLanes) => _bytes;

    [HotPath]
    public override void Run(in StepContext context)
    {
        for (int first = 0; first < context.Lanes; first += LanesAtOnce) Run(in context, first, Math.Min(LanesAtOnce, context.Lanes - first));
    }

    private static nint RoundUp(nint bytes) => (bytes + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;

    private Carried Carry(ScanState state, PlanSlots slots, ref nint moved)
    {
        Carried carried = new(slots.Of(state.Initial), _program.Slots.Of(state.Before), _program.Slots.Of(state.After), slots.Of(state.Final), state.Before.ByteCount, moved);
        moved += RoundUp(state.Before.ByteCount);
        return carried;
    }

    private Slice Cut(ScanSlice slice, PlanSlots slots)
    {
        TensorShape shape = slice.Whole.Shape;
        int inner = shape.ElementCountBetween(slice.Axis + 1, shape.Rank) * slice.Whole.Type.ByteSize();
        return new Slice(slots.Of(slice.Whole), _program.Slots.Of(slice.Frame), shape.ElementCountBetween(0, slice.Axis), inner, slice.IsReverse);
    }

    /// <summary>All trips of some lanes.</summary>
    [HotPath]
    private void Run(in StepContext context, int first, int lanes)
    {
        byte** wires = (byte**)(context.Scratch + _table);
        Connect(in context, first, wires);
        StepContext body = new() { Lanes = lanes, Wires = wires, Rows = context.Rows + first };
        foreach (Carried state in _states)
        {
            for (int lane = 0; lane < lanes; lane++) Copy(context.At(state.Initial, first + lane), body.At(state.Before, lane), state.Bytes);
        }
        for (int trip = 0; trip < _trips && IsAnyGoing(in body); trip++)
        {
            foreach (Slice slice in _slices) Take(in context, in body, in slice, first, trip);
            for (int kernel = 0; kernel < _kernels.Length; kernel++)
            {
                body.Scratch = context.Scratch + _scratch[kernel];
                _kernels[kernel].Run(in body);
            }
            foreach (Slice stack in _stacks) Put(in context, in body, in stack, first, trip);
            Carry(in body, context.Scratch + _moving);
        }
        foreach (Carried state in _states)
        {
            if (!state.Final.IsPresent) continue;
            for (int lane = 0; lane < lanes; lane++) Copy(body.At(state.Before, lane), context.At(state.Final, first + lane), state.Bytes);
        }
    }

    private void Connect(in StepContext context, int first, byte** wires)
    {
        for (int slot = 0; slot < _wires.Length; slot++)
        {
            byte* constant = _program.Constants[slot];
            wires[slot] = constant is null ? context.Scratch + _wires[slot] : constant;
        }
        foreach ((WireSlot outer, WireSlot inner) in _captures) wires[inner.Index] = context.At(outer, first);
    }

    private bool IsAnyGoing(in StepContext body)
    {
        if (_condition < 0) return true;
        for (int lane = 0; lane < body.Lanes; lane++)
        {
            if (IsGoing(in body, lane)) return true;
        }
        return false;
    }

    private bool IsGoing(in StepContext body, int lane) => _condition < 0 || *body.At(_states[_condition].Before, lane) != 0;

    /// <summary>States after the trip become those before the next, all at once: one may be made of another's. A lane whose condition is false keeps what it has.</summary>
    private void Carry(in StepContext body, byte* moving)
    {
        foreach (Carried state in _states)
        {
            byte* to = moving + (state.Offset * LanesAtOnce);
            for (int lane = 0; lane < body.Lanes; lane++, to += state.Bytes) Copy(body.At(IsGoing(in body, lane) ? state.After : state.Before, lane), to, state.Bytes);
        }
        foreach (Carried state in _states)
        {
            byte* from = moving + (state.Offset * LanesAtOnce);
            for (int lane = 0; lane < body.Lanes; lane++, from += state.Bytes) Copy(from, body.At(state.Before, lane), state.Bytes);
        }
    }

    private void Take(in StepContext context, in StepContext body, in Slice slice, int first, int trip)
    {
        nint place = (nint)slice.InnerBytes * (slice.IsReverse ? _trips - 1 - trip : trip), stride = (nint)slice.InnerBytes * _trips;
        for (int lane = 0; lane < body.Lanes; lane++)
        {
            byte* from = context.At(slice.Whole, first + lane) + place, to = body.At(slice.Frame, lane);
            for (int outer = 0; outer < slice.Outer; outer++, from += stride, to += slice.InnerBytes) Copy(from, to, slice.InnerBytes);
        }
    }

    private void Put(in StepContext context, in StepContext body, in Slice stack, int first, int trip)
    {
        nint place = (nint)stack.InnerBytes * (stack.IsReverse ? _trips - 1 - trip : trip), stride = (nint)stack.InnerBytes * _trips;
        for (int lane = 0; lane < body.Lanes; lane++)
        {
            byte* from = body.At(stack.Frame, lane), to = context.At(stack.Whole, first + lane) + place;
            for (int outer = 0; outer < stack.Outer; outer++, from += stack.InnerBytes, to += stride) Copy(from, to, stack.InnerBytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, int bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);

    /// <summary>Where a carried state lies; <paramref name="Offset"/> is its place on the way, per lane.</summary>
    private readonly record struct Carried(WireSlot Initial, WireSlot Before, WireSlot After, WireSlot Final, int Bytes, nint Offset);

    /// <summary>Where a value lies that is taken apart or put together: <paramref name="Outer"/> runs of <paramref name="InnerBytes"/> for each trip.</summary>
    private readonly record struct Slice(WireSlot Whole, WireSlot Frame, int Outer, int InnerBytes, bool IsReverse);
}
