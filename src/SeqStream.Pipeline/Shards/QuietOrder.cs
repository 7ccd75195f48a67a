namespace SeqStream.Pipeline.Shards;

/// <summary>Streams that hold state, in the order in which they were busy last: a list through an array, 24 bytes for each stream.</summary>
[HotPath]
internal sealed class QuietOrder
{
    private Link[] _links = [];   // [stream]
    private int _oldest = None;
    private int _newest = None;

    /// <summary>Stands for no stream.</summary>
    public const int None = -1;

    /// <summary>The stream that was busy longest ago; <see cref="None"/> if there is none.</summary>
    public int Oldest => _oldest;

    /// <summary>The stream that was busy next after another; <see cref="None"/> if there is none.</summary>
    public int After(int stream) => _links[stream].NewerPlusOne - 1;

    /// <summary>When a stream was busy last.</summary>
    public long SeenAt(int stream) => _links[stream].Seen;

    /// <summary>Notes that a stream is busy.</summary>
    public void Touch(int stream, long now)
    {
        if (stream >= _links.Length) Array.Resize(ref _links, Math.Max(stream + 1, Math.Max(64, _links.Length + (_links.Length / 4))));
        _links[stream].Seen = now;
        if (stream == _newest) return;
        Remove(stream);
        ref Link link = ref _links[stream];
        (link.OlderPlusOne, link.NewerPlusOne, link.IsIn) = (_newest + 1, 0, true);
        if (_newest >= 0) _links[_newest].NewerPlusOne = stream + 1;
        else _oldest = stream;
        _newest = stream;
    }

    /// <summary>Takes a stream out, if it is in.</summary>
    public void Remove(int stream)
    {
        if (stream >= _links.Length || !_links[stream].IsIn) return;
        ref Link link = ref _links[stream];
        if (link.OlderPlusOne != 0) _links[link.OlderPlusOne - 1].NewerPlusOne = link.NewerPlusOne;
        else _oldest = link.NewerPlusOne - 1;
        if (link.NewerPlusOne != 0) _links[link.NewerPlusOne - 1].OlderPlusOne = link.OlderPlusOne;
        else _newest = link.OlderPlusOne - 1;
        link.IsIn = false;
    }

    private struct Link
    {
        public long Seen;
        public int OlderPlusOne;
        public int NewerPlusOne;
        public bool IsIn;
    }
}
