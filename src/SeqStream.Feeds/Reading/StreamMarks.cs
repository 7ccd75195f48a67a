using SeqStream.Contracts;

namespace SeqStream.Feeds.Reading;

/// <summary>What a feed remembers of each stream: whether a sequence is open, and the producer's greatest counter with which of the 64 up to it have been seen. Indexed by stream id.</summary>
internal sealed class StreamMarks
{
    private bool[] _open = [];
    private long[] _lastSeq = [];
    private ulong[] _seen = [];   // bit i: counter _lastSeq - i was seen

    /// <summary>Sets whether a sequence of the stream is open.</summary>
    public void SetOpen(StreamId stream, bool open)
    {
        if (stream.Index >= _open.Length) Array.Resize(ref _open, Capacity(stream.Index));
        _open[stream.Index] = open;
    }

    /// <summary>Finds the next stream with an open sequence, from <paramref name="from"/> on.</summary>
    public bool TryFindOpen(int from, out StreamId stream)
    {
        int found = from < _open.Length ? _open.AsSpan(from).IndexOf(true) : -1;
        stream = new StreamId(from + found);
        return found >= 0;
    }

    /// <summary>Notes the producer's counter. False if a later record came before it. A gap is the count of numbers left out.</summary>
    public bool TryAdvance(StreamId stream, long seq, out long gap)
    {
        gap = 0;
        if (stream.Index >= _lastSeq.Length) Grow(stream.Index);
        ref long last = ref _lastSeq[stream.Index];
        if (seq <= last) return false;
        ref ulong seen = ref _seen[stream.Index];
        seen = last < 0 || seq - last > 63 ? 1 : seen << (int)(seq - last) | 1;
        if (last >= 0) gap = seq - last - 1;
        last = seq;
        return true;
    }

    /// <summary>Notes a counter that <see cref="TryAdvance"/> refused. True if the record had never come: it is late. One that is more than 63 behind counts as seen.</summary>
    public bool IsLate(StreamId stream, long seq)
    {
        long behind = _lastSeq[stream.Index] - seq;
        if (behind > 63) return false;
        ref ulong seen = ref _seen[stream.Index];
        bool isLate = (seen >> (int)behind & 1) == 0;
        seen |= 1UL << (int)behind;
        return isLate;
    }

    /// <summary>Forgets the producer's counter, because a new sequence begins.</summary>
    public void ForgetSeq(StreamId stream)
    {
        if (stream.Index < _lastSeq.Length) _lastSeq[stream.Index] = -1;
    }

    private void Grow(int index)
    {
        int old = _lastSeq.Length;
        Array.Resize(ref _lastSeq, Capacity(index));
        _lastSeq.AsSpan(old).Fill(-1);
        Array.Resize(ref _seen, _lastSeq.Length);
    }

    private static int Capacity(int index) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(index + 1, 16));
}
