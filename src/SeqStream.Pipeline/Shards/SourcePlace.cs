namespace SeqStream.Pipeline.Shards;

/// <summary>How far into a source a stream has got: the place of its newest frame, and how many frames it took from there. After a restart the source gives the same frames again.</summary>
/// <param name="position">Place of the newest frame.</param>
/// <param name="frames">Frames taken from that place.</param>
internal struct SourcePlace(long position, int frames)
{
    private int _seen;   // frames of the place that came since the restart

    /// <summary>Place of the newest frame.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Frames taken from that place.</summary>
    public int Frames { get; private set; } = frames;

    /// <summary>Takes the place of a frame. False if the frame was taken before the restart.</summary>
    public bool TryAdvance(long position)
    {
        if (position < Position) return false;
        if (position > Position) (Position, Frames, _seen) = (position, 0, 0);
        if (++_seen <= Frames) return false;
        Frames = _seen;
        return true;
    }
}
