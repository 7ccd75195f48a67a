using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>Frames of one stream that came before their turn, in the order of the producer's counter.</summary>
[HotPath]
internal sealed class HeldFrames
{
    private Frame[] _frames = new Frame[4];

    /// <summary>Frames held.</summary>
    public int Count { get; private set; }

    /// <summary>The frame with the lowest counter.</summary>
    public ref readonly Frame First => ref _frames[0];

    /// <summary>Frames up to this counter are let go though others before them are missing; -1 for none.</summary>
    public long LetGoTo { get; set; } = -1;

    /// <summary>Adds a frame. False if one with its counter is held already.</summary>
    public bool TryAdd(in Frame frame)
    {
        int at = Count;
        while (at > 0 && _frames[at - 1].Seq > frame.Seq) at--;
        if (at > 0 && _frames[at - 1].Seq == frame.Seq) return false;
        if (Count == _frames.Length) Array.Resize(ref _frames, Count * 2);
        Array.Copy(_frames, at, _frames, at + 1, Count - at);
        _frames[at] = frame;
        Count++;
        return true;
    }

    /// <summary>Takes the frame with the lowest counter.</summary>
    public Frame TakeFirst()
    {
        Frame first = _frames[0];
        Array.Copy(_frames, 1, _frames, 0, --Count);
        _frames[Count] = default;
        return first;
    }
}
