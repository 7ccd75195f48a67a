using System.Runtime.InteropServices;
using SeqStream.Plan;

namespace SeqStream.Execution;

/// <summary>Native copies of the constants of a plan that kernels read unpacked, shared by all executors of a program.</summary>
internal sealed unsafe class ConstantBlock
{
    private const int Alignment = 64;
    private readonly byte*[] _starts;
    private readonly byte* _block;

    public ConstantBlock(PlanSlots slots)
    {
        _starts = new byte*[slots.Count];
        Wire[] constants = [.. slots.Wires.Where(wire => wire.Constant is not null && slots.IsAsked(wire))];
        long total = Alignment;
        foreach (Wire wire in constants) total += RoundUp(wire.ByteCount);
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)total, Alignment);
        byte* at = _block;
        foreach (Wire wire in constants)
        {
            wire.Constant!.Bytes.CopyTo(new Span<byte>(at, wire.ByteCount));
            _starts[slots.Of(wire).Index] = at;
            at += RoundUp(wire.ByteCount);
        }
    }

    ~ConstantBlock() => NativeMemory.AlignedFree(_block);

    /// <summary>Start of a slot's constant; null for a wire that is no constant.</summary>
    public byte* this[int slot] => _starts[slot];

    private static nint RoundUp(nint bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
