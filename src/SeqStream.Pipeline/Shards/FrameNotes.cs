using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>
/// Notes of the newest frames of one stream, for answers that lag: each answer gets the time, the text and the passed-through members of its own frame. Frames about which there is
/// nothing to note cost nothing.
/// </summary>
[HotPath]
internal sealed class FrameNotes
{
    private FrameNote?[] _notes = [];   // [frame % length]

    /// <summary>True if nothing was noted since the stream began.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Notes a frame.</summary>
    /// <param name="frame">Index in its stream.</param>
    /// <param name="capacity">Frames that may still be answered for.</param>
    /// <param name="step">What the front end said.</param>
    /// <param name="echo">Members that pass through.</param>
    /// <param name="hasNames">True if the record named its inputs.</param>
    public void Add(long frame, int capacity, in StepNote step, ReadOnlySpan<byte> echo, bool hasNames)
    {
        bool isPlain = double.IsNaN(step.Time) && step.Text.IsEmpty && !step.IsWarmUp && echo.IsEmpty && !hasNames;
        if (isPlain && IsEmpty) return;
        if (_notes.Length < capacity) _notes = new FrameNote?[capacity];
        IsEmpty = false;
        (_notes[frame % _notes.Length] ??= new FrameNote()).Set(frame, in step, echo, hasNames);
    }

    /// <summary>The note of a frame; null if there is none.</summary>
    public FrameNote? Find(long frame)
    {
        if (IsEmpty || frame < 0) return null;
        FrameNote? note = _notes[frame % _notes.Length];
        return note?.Frame == frame ? note : null;
    }

    /// <summary>Forgets all frames.</summary>
    public void Clear()
    {
        if (IsEmpty) return;
        foreach (FrameNote? note in _notes) note?.Clear();
        IsEmpty = true;
    }
}
