using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Execution;

/// <summary>What is known of one frame beside its numbers, for the emissions that answer for it.</summary>
public sealed class FrameNote
{
    private readonly List<byte> _echo = [];
    private byte[] _text = [];
    private int _textBytes;

    /// <summary>Index of the frame in its stream; -1 for none.</summary>
    public long Frame { get; private set; } = -1;

    /// <summary>Measured time in seconds, NaN if unknown.</summary>
    public double Time { get; private set; } = double.NaN;

    /// <summary>True if the frame's record named its inputs.</summary>
    public bool HasNames { get; private set; }

    /// <summary>True if outputs for the frame answer for nothing.</summary>
    public bool IsWarmUp { get; private set; }

    /// <summary>JSON members that pass through.</summary>
    public ReadOnlySpan<byte> Echo => CollectionsMarshal.AsSpan(_echo);

    /// <summary>What a decoder is told. Valid until the note is set again.</summary>
    public StepNote Step => new() { Time = Time, Text = _text.AsMemory(0, _textBytes), IsWarmUp = IsWarmUp };

    /// <summary>Notes a frame.</summary>
    public void Set(long frame, in StepNote step, ReadOnlySpan<byte> echo, bool hasNames)
    {
        (Frame, Time, IsWarmUp, HasNames) = (frame, step.Time, step.IsWarmUp, hasNames);
        _textBytes = step.Text.Length;
        if (_text.Length < _textBytes) _text = new byte[_textBytes * 2];
        step.Text.CopyTo(_text);
        _echo.Clear();
        if (!echo.IsEmpty) _echo.AddRange(echo);
    }

    /// <summary>Writes the note.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Frame);
        writer.Write(Time);
        writer.Write(IsWarmUp);
        writer.Write(HasNames);
        writer.Write(_text.AsSpan(0, _textBytes));
        writer.Write(Echo);
    }

    /// <summary>Takes what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged.</exception>
    public void Restore(ref StateReader reader)
    {
        long frame = reader.ReadLong();
        double time = reader.ReadDouble();
        bool isWarmUp = reader.ReadBool(), hasNames = reader.ReadBool();
        byte[] text = reader.ReadBytes().ToArray();
        Set(frame, new StepNote { Time = time, Text = text, IsWarmUp = isWarmUp }, reader.ReadBytes(), hasNames);
    }

    /// <summary>Forgets the frame.</summary>
    public void Clear() => Set(-1, new StepNote { Time = double.NaN }, [], hasNames: false);
}
