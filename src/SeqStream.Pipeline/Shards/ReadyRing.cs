namespace SeqStream.Pipeline.Shards;

/// <summary>Streams that wait for a lane, oldest first. Grows when more streams are ready than ever before.</summary>
[HotPath]
internal sealed class ReadyRing
{
    private int[] _streams = new int[64];
    private int _head;

    public int Count { get; private set; }

    public void Enqueue(int stream)
    {
        if (Count == _streams.Length) Grow();
        _streams[(_head + Count++) & (_streams.Length - 1)] = stream;
    }

    public int Dequeue()
    {
        int stream = _streams[_head];
        _head = (_head + 1) & (_streams.Length - 1);
        Count--;
        return stream;
    }

    private void Grow()
    {
        int[] grown = new int[_streams.Length * 2];
        for (int i = 0; i < Count; i++) grown[i] = _streams[(_head + i) & (_streams.Length - 1)];
        _streams = grown;
        _head = 0;
    }
}
