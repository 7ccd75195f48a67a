using SeqStream.Contracts;

namespace SeqStream.Feeds.Reading;

/// <summary>What a feed remembers of each stream: whether a sequence is open. Indexed by stream id.</summary>
internal sealed class StreamMarks
{
    private bool[] _open = [];

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

    private static int Capacity(int index) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(index + 1, 16));
}
