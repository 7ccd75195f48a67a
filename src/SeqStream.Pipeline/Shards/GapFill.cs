using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What fills the gap in front of a stream's frame: the frame before it, again and again.</summary>
[HotPath]
internal sealed class GapFill
{
    private double _time;   // of the frame filled in last
    private double _step;   // from one to the next

    /// <summary>The frame taken last, without what only it passes through.</summary>
    public FramePayload Last { get; } = new();

    /// <summary>True if a frame was taken.</summary>
    public bool HasLast { get; private set; }

    /// <summary>Frames still to be filled in.</summary>
    public long Left { get; private set; }

    /// <summary>The frame after the gap; no payload if there is none.</summary>
    public Frame Next;

    /// <summary>Keeps the frame taken last.</summary>
    public void Keep(FramePayload payload)
    {
        Last.CopyContent(payload);
        HasLast = true;
    }

    /// <summary>Begins to fill.</summary>
    /// <param name="next">The frame after the gap.</param>
    /// <param name="count">Frames to fill in.</param>
    /// <param name="time">Time of the frame before the gap, NaN if unknown.</param>
    /// <param name="step">Time from one frame to the next.</param>
    public void Begin(in Frame next, long count, double time, double step) => (Next, Left, _time, _step) = (next, count, time, step);

    /// <summary>Time of the next frame to fill in; counts it.</summary>
    public double Take()
    {
        Left--;
        return _time += _step;
    }

    /// <summary>Forgets the frame taken last.</summary>
    public void Clear() => HasLast = false;
}
