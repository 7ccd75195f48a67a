using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SeqStream.State;

/// <summary>
/// State rows of many streams in native memory, 64-byte aligned, in segments that never move. A free row holds the index of the next free one,
/// so a row costs its bytes and one bit. Not thread-safe: a slab belongs to one shard or session.
/// </summary>
public sealed unsafe class StateSlab : IDisposable
{
    private const int Alignment = 64;
    private const int LargestSegmentRows = 1 << 12;
    private readonly int _segmentShift;
    private readonly int _rowStride;
    private readonly byte[] _initialRow;
    private nint[] _segments = [];   // [place], zeros behind the last
    private ulong[] _live = [];  // a bit for each row
    private int _segmentCount;
    private int _used;
    private int _firstFree = -1;
    private bool _disposed;

    /// <summary>Creates an empty slab.</summary>
    /// <param name="layout">What a row holds.</param>
    /// <param name="expectedStreams">How many streams are likely; decides how much memory is taken at a time.</param>
    public StateSlab(StateLayout layout, int expectedStreams)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _rowStride = Math.Max(Alignment, (layout.RowBytes + Alignment - 1) / Alignment * Alignment);
        _segmentShift = (int)uint.Log2((uint)Math.Clamp(expectedStreams, 1, LargestSegmentRows));
        _initialRow = new byte[layout.RowBytes];
        layout.Initialize(_initialRow);
    }

    /// <summary>Frees the memory if the owner forgot to.</summary>
    ~StateSlab() => Free();

    /// <summary>What a row holds.</summary>
    public StateLayout Layout { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowStride => _rowStride;

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a row and fills it with the initial state.</summary>
    /// <exception cref="ObjectDisposedException">The slab was disposed.</exception>
    public int Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int slot = _firstFree;
        if (slot >= 0)
        {
            _firstFree = *(int*)Row(slot);
        }
        else
        {
            slot = _used++;
            if (slot >> _segmentShift == _segmentCount) AddSegment();
        }
        if (slot >> 6 == _live.Length) Array.Resize(ref _live, Math.Max(1, _live.Length + _live.Length / 4 + 1));
        _live[slot >> 6] |= 1UL << slot;
        Count++;
        Reset(slot);
        return slot;
    }

    /// <summary>Gives a row back.</summary>
    /// <exception cref="ArgumentException">The row is not in use.</exception>
    public void Return(int slot)
    {
        ThrowUnlessLive(slot);
        _live[slot >> 6] &= ~(1UL << slot);
        *(int*)Row(slot) = _firstFree;
        _firstFree = slot;
        Count--;
    }

    /// <summary>Start of a row in use; valid until the slab is disposed.</summary>
    /// <exception cref="ArgumentException">The row is not in use.</exception>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* LiveRow(int slot)
    {
        if (!IsLive(slot)) ThrowUnlessLive(slot);
        return Row(slot);
    }

    /// <summary>The bytes of a row in use.</summary>
    /// <exception cref="ArgumentException">The row is not in use.</exception>
    public Span<byte> RowSpan(int slot)
    {
        ThrowUnlessLive(slot);
        return new Span<byte>(Row(slot), Layout.RowBytes);
    }

    /// <summary>Fills a row with the initial state.</summary>
    public void Reset(int slot) => _initialRow.CopyTo(RowSpan(slot));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Row(int slot) => (byte*)_segments[slot >> _segmentShift] + (nint)(slot & ((1 << _segmentShift) - 1)) * _rowStride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsLive(int slot) => !_disposed && (uint)slot < (uint)_used && (_live[slot >> 6] >> slot & 1) != 0;

    private void ThrowUnlessLive(int slot)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsLive(slot)) throw new ArgumentException($"State row {slot} is not in use; {Count} rows are. It was never rented, or it was returned.", nameof(slot));
    }

    private void AddSegment()
    {
        nuint bytes = (nuint)_rowStride << _segmentShift;
        if (_segmentCount == _segments.Length) Array.Resize(ref _segments, Math.Max(1, _segments.Length * 2));
        _segments[_segmentCount++] = (nint)NativeMemory.AlignedAlloc(bytes, Alignment);
    }

    private void Free()
    {
        _disposed = true;
        foreach (nint segment in _segments) NativeMemory.AlignedFree((void*)segment);
        (_segments, _segmentCount) = ([], 0);
    }
}
