using SeqStream.State;

namespace SeqStream.Decoding.Beams;

/// <summary>Words of an answer, and how likely they are together. A word of the source that is copied is the complement (<c>~place</c>) of its place, and so below 0.</summary>
/// <param name="longest">Most words.</param>
internal sealed class Hypothesis(int longest)
{
    private readonly int[] _words = new int[longest];

    public int Count { get; private set; }

    /// <summary>Log-probability of the words.</summary>
    public double Score { get; private set; }

    public ReadOnlySpan<int> Words => _words.AsSpan(0, Count);

    public void Clear() => (Count, Score) = (0, 0);

    /// <summary>Becomes another one that ends here.</summary>
    public void Set(Hypothesis other, double score)
    {
        other.Words.CopyTo(_words);
        (Count, Score) = (other.Count, score);
    }

    /// <summary>Becomes another one with one more word.</summary>
    public void Set(Hypothesis parent, int word, double score)
    {
        Set(parent, score);
        _words[Count++] = word;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.WriteAll(Words);
        writer.Write(Score);
    }

    public void Restore(ref StateReader reader, int words, int places)
    {
        int count = reader.ReadInt(0, _words.Length);
        reader.ReadAll(_words.AsSpan(0, count), -places, words - 1);
        Count = count;
        Score = reader.ReadDouble();
    }
}
