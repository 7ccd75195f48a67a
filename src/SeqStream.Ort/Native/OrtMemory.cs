using System.Runtime.InteropServices;

namespace SeqStream.Ort.Native;

/// <summary>A zeroed block of native memory on a 64-byte boundary, at a fixed address until it is disposed.</summary>
internal sealed unsafe class OrtMemory : SafeHandle
{
    private const nuint Alignment = 64;

    public OrtMemory(nint byteCount) : base(0, ownsHandle: true)
    {
        ByteCount = byteCount;
        nuint reserved = (nuint)Math.Max(byteCount, 1);
        SetHandle((nint)NativeMemory.AlignedAlloc(reserved, Alignment));
        NativeMemory.Clear((void*)handle, reserved);
    }

    public nint ByteCount { get; }

    public override bool IsInvalid => handle == 0;

    public byte* Start => (byte*)handle;

    public void Clear() => NativeMemory.Clear(Start, (nuint)ByteCount);

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
