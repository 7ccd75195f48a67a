using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Execution;

/// <summary>
/// Notes of the newest frames of one stream, for answers that lag: each answer gets the time, the text and the passed-through members of its own frame. Frames about which there is
/// nothing to note cost nothing.
/// </summary>
[HotPath]
public sealed class FrameNotes
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

    /// <summary>Writes all notes.</summary>
    public void Save(StateWriter writer)
    {
        int count = 0;
        foreach (FrameNote? note in _notes) count += note is { Frame: >= 0 } ? 1 : 0;
        writer.Write(IsEmpty ? 0 : count);
        if (IsEmpty) return;
        foreach (FrameNote? note in _notes)
        {
            if (note is { Frame: >= 0 }) note.Save(writer);
        }
    }

    /// <summary>Takes what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="capacity">Frames that may still be answered for.</param>
    /// <exception cref="StateSnapshotException">The bytes are damaged.</exception>
    public void Restore(ref StateReader reader, int capacity)
    {
        Clear();
        int count = reader.ReadInt(0, capacity);
        if (count == 0) return;
        if (_notes.Length < capacity) _notes = new FrameNote?[capacity];
        IsEmpty = false;
        for (; count > 0; count--)
        {
            FrameNote note = new();
            note.Restore(ref reader);
            if (note.Frame < 0) throw new StateSnapshotException($"The saved state notes frame {note.Frame}: it was damaged. Use an intact copy.");
            _notes[note.Frame % _notes.Length] = note;
        }
    }

    /// <summary>Forgets all frames.</summary>
    public void Clear()
    {
        if (IsEmpty) return;
        foreach (FrameNote? note in _notes) note?.Clear();
        IsEmpty = true;
    }
}
