using SeqStream.Contracts;

namespace SeqStream.Decoding.Tags;

/// <summary>A word whose tag is not settled.</summary>
internal sealed class WaitingWord
{
    private byte[] _text = new byte[32];
    private int _length;

    public long Step { get; private set; }

    public double Time { get; private set; }

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    public void Set(in StepResult result)
    {
        if (_text.Length < result.Text.Length) _text = new byte[result.Text.Length * 2];
        result.Text.CopyTo(_text);
        _length = result.Text.Length;
        Step = result.Step;
        Time = result.Time;
    }
}
