using System.Runtime.InteropServices;
using SeqStream.State;

namespace SeqStream.Decoding.Ctc;

/// <summary>The symbols of an utterance so far. The buffer grows to the longest and is reused.</summary>
internal sealed class CtcTranscript
{
    private readonly List<CtcWord> _words = [];

    public int Count => _words.Count;

    public ReadOnlySpan<CtcWord> Words => CollectionsMarshal.AsSpan(_words);

    /// <summary>The symbol said last; -1 if nothing was said.</summary>
    public int Last => _words.Count > 0 ? _words[^1].Symbol : -1;

    public void Add(in CtcWord word) => _words.Add(word);

    /// <summary>The last symbol goes on over another step.</summary>
    public void Extend(float score, double end)
    {
        ref CtcWord word = ref CollectionsMarshal.AsSpan(_words)[^1];
        word.Score = Math.Max(word.Score, score);
        word.End = end;
    }

    public void Clear() => _words.Clear();

    public void CopyFrom(CtcTranscript other)
    {
        _words.Clear();
        _words.AddRange(other.Words);
    }

    public bool SaysSame(CtcTranscript other) => Count == other.Count && BeginsWith(other);

    public bool BeginsWith(CtcTranscript other)
    {
        if (Count < other.Count) return false;
        for (int i = other.Count - 1; i >= 0; i--)
        {
            if (_words[i].Symbol != other._words[i].Symbol) return false;
        }
        return true;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_words.Count);
        foreach (ref readonly CtcWord word in Words)
        {
            writer.Write(word.Symbol);
            writer.Write((double)word.Score);
            writer.Write(word.Start);
            writer.Write(word.End);
        }
    }

    public void Restore(ref StateReader reader, int symbols)
    {
        const int wordBytes = sizeof(int) + 3 * sizeof(double);
        _words.Clear();
        int count = reader.ReadInt(0, reader.Left / wordBytes);
        for (int i = 0; i < count; i++)
        {
            _words.Add(new CtcWord(reader.ReadInt(0, symbols - 1), (float)reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()));
        }
    }
}
