using System.Runtime.CompilerServices;

namespace SeqStream.Plan;

/// <summary>What a <see cref="NodeKernel"/> works on during one step: pointers into the executor's buffers, valid only during the call.</summary>
public unsafe struct StepContext
{
    /// <summary>Lanes of this step, at least 1.</summary>
    public int Lanes;

    /// <summary>[slot] start of each wire's buffer; lane m of slot s is at <c>Wires[s] + m * LaneStride</c> (see <see cref="WireSlot"/>).</summary>
    public byte** Wires;

    /// <summary>[lanes] start of each lane's state row, 64-byte aligned.</summary>
    public byte** Rows;

    /// <summary>The running node's scratch memory, 64-byte aligned.</summary>
    public byte* Scratch;

    /// <summary>Start of a wire's buffer: the first lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* At(WireSlot slot) => Wires[slot.Index];

    /// <summary>Start of a wire's value of one lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* At(WireSlot slot, int lane) => Wires[slot.Index] + lane * slot.LaneStride;
}
