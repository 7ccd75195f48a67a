using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Tags;

/// <summary>A word whose tag is not settled.</summary>
internal sealed class WaitingWord
{
    private byte[] _text = new byte[32];
    private int _length;

    public long Step { get; private set; }

    public double Time { get; private set; }

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    public void Set(in StepResult result) => Set(result.Step, result.Time, result.Text);

    public void Save(StateWriter writer)
    {
        writer.Write(Step);
        writer.Write(Time);
        writer.Write(Text);
    }

    public void Restore(ref StateReader reader) => Set(reader.ReadCount(), reader.ReadDouble(), reader.ReadBytes());

    private void Set(long step, double time, ReadOnlySpan<byte> text)
    {
        if (_text.Length < text.Length) _text = new byte[text.Length * 2];
        text.CopyTo(_text);
        _length = text.Length;
        Step = step;
        Time = time;
    }
}
