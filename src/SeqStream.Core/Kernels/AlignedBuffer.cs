using System.Runtime.InteropServices;

namespace SeqStream.Kernels;

/// <summary>
/// Zeroed native memory on a cache-line boundary that never moves. It is freed when disposed or when nobody refers to the object any more:
/// code that works on <see cref="Pointer"/> must keep the object alive until it is done.
/// </summary>
public sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Boundary of the first byte: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private byte* _pointer;

    /// <summary>Allocates and clears.</summary>
    /// <param name="byteCount">At least 0; 0 still gives a valid pointer.</param>
    public AlignedBuffer(nint byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        ByteCount = byteCount;
        nuint size = (nuint)Math.Max(byteCount, 1);
        _pointer = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
        NativeMemory.Clear(_pointer, size);
    }

    /// <summary>Frees the memory of an object that was not disposed.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>Usable bytes.</summary>
    public nint ByteCount { get; }

    /// <summary>The first byte; null after <see cref="Dispose"/>.</summary>
    public byte* Pointer => _pointer;

    /// <summary>The first byte, as floats.</summary>
    public float* Floats => (float*)_pointer;

    /// <summary>Frees the memory. Pointers taken earlier must not be used any more.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
