using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>The newest frames of one stream, to be stepped again by another model.</summary>
/// <param name="most">How many are kept.</param>
[HotPath]
internal sealed class RecentFrames(int most)
{
    private readonly FramePayload[] _payloads = new FramePayload[most];
    private readonly double[] _times = new double[most];
    private readonly long[] _steps = new long[most];
    private int _next;

    /// <summary>Frames kept.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a frame; the oldest makes room.</summary>
    /// <param name="payload">Its content.</param>
    /// <param name="time">Its time in seconds.</param>
    /// <param name="steps">Steps that the stream had made before it.</param>
    public void Add(FramePayload payload, double time, long steps)
    {
        (_payloads[_next] ??= new FramePayload()).CopyContent(payload);
        (_times[_next], _steps[_next]) = (time, steps);
        _next = (_next + 1) % most;
        Count = Math.Min(Count + 1, most);
    }

    /// <summary>A frame, 0 for the oldest.</summary>
    public FramePayload Payload(int index) => _payloads[Place(index)];

    /// <summary>The time of a frame.</summary>
    public double Time(int index) => _times[Place(index)];

    /// <summary>Steps that the stream had made before a frame.</summary>
    public long Steps(int index) => _steps[Place(index)];

    /// <summary>Forgets all frames.</summary>
    public void Clear() => Count = 0;

    private int Place(int index) => (_next - Count + index + most) % most;
}
