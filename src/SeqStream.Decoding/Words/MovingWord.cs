using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Words;

/// <summary>A word and by how much it changed the log-odds.</summary>
internal sealed class MovingWord
{
    private byte[] _text = new byte[32];
    private int _length;

    public float Change { get; private set; }

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    [HotPath]
    public void Set(ReadOnlySpan<byte> text, float change)
    {
        if (_text.Length < text.Length) _text = new byte[text.Length * 2];
        text.CopyTo(_text);
        _length = text.Length;
        Change = change;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(Change);
        writer.Write(Text);
    }

    public void Restore(ref StateReader reader)
    {
        float change = (float)reader.ReadDouble();
        Set(reader.ReadBytes(), change);
    }
}
