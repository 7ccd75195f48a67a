using System.Runtime.InteropServices;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What is known of one frame beside its numbers, for the emissions that answer for it.</summary>
internal sealed class FrameNote
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

    /// <summary>Forgets the frame.</summary>
    public void Clear() => Set(-1, new StepNote { Time = double.NaN }, [], hasNames: false);
}
