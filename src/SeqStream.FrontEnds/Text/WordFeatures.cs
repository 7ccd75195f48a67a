using System.Text;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Hashed features of a word: slot 0 the word, 1 its folded spelling, 2 its shape, then character n-grams of the folded spelling between marks.
/// The specification, shared with the training code, is tools/train/README.md. One thread at a time.
/// </summary>
public sealed class WordFeatures
{
    /// <summary>Code points kept at each end of a long word for its n-grams.</summary>
    public const int Edge = 10;

    private const int WordKind = 1, FoldedKind = 2, ShapeKind = 3, GramKind = 4; // seed bytes of the hash
    private const int FixedSlots = 3;
    private static readonly Rune s_first = new('<'), s_last = new('>'), s_digit = new('0'), s_other = new('~');

    private readonly uint _buckets;
    private readonly int[] _grams; // lengths of the n-grams
    private readonly Rune[] _letters = new Rune[2 * Edge + 2]; // folded spelling between marks, long words cut in the middle
    private Rune[] _word = new Rune[64]; // normalised spelling

    /// <summary>Creates the features.</summary>
    /// <param name="buckets">Rows of the table; ids are 1 to buckets - 1, and 0 is padding.</param>
    /// <param name="grams">Lengths of the character n-grams.</param>
    public WordFeatures(int buckets, ReadOnlySpan<int> grams)
    {
        _buckets = (uint)buckets;
        _grams = [.. grams];
        SlotCount = SlotsFor(grams);
    }

    /// <summary>Ids of one word, padding included.</summary>
    public int SlotCount { get; }

    /// <summary>Ids of one word with n-grams of these lengths.</summary>
    public static int SlotsFor(ReadOnlySpan<int> grams)
    {
        int slots = FixedSlots;
        foreach (int n in grams) slots += 2 * Edge + 2 - n + 1;
        return slots;
    }

    /// <summary>Writes the features of the mark that stands before (<paramref name="isBefore"/>) or after a sequence.</summary>
    [HotPath]
    public void WriteMark(bool isBefore, Span<long> ids, Span<float> weights)
    {
        ids.Clear();
        weights.Clear();
        uint hash = FoldedHash.Start(0);
        ids[0] = Bucket(FoldedHash.Add(hash, new Rune(isBefore ? 2 : 3)));
        weights[0] = 1;
    }

    /// <summary>Writes the features of a word.</summary>
    /// <param name="utf8">The word.</param>
    /// <param name="ids">[slots], filled up with 0.</param>
    /// <param name="weights">[slots], filled up with 0.</param>
    [HotPath]
    public void Write(ReadOnlySpan<byte> utf8, Span<long> ids, Span<float> weights)
    {
        ids.Clear();
        weights.Clear();
        ReadOnlySpan<Rune> word = Normalise(utf8);
        uint exact = FoldedHash.Start(WordKind);
        uint folded = FoldedHash.Start(FoldedKind);
        foreach (Rune rune in word)
        {
            exact = FoldedHash.Add(exact, rune);
            folded = FoldedHash.Add(folded, Fold(rune));
        }
        ids[0] = Bucket(exact);
        ids[1] = Bucket(folded);
        ids[2] = Bucket(ShapeHash(word));
        int count = WriteGrams(Letters(word), ids[FixedSlots..]);
        weights[..FixedSlots].Fill(1);
        weights.Slice(FixedSlots, count).Fill((float)(1 / Math.Sqrt(Math.Max(1, count))));
    }

    private ReadOnlySpan<Rune> Normalise(ReadOnlySpan<byte> utf8)
    {
        int length = 0;
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out Rune rune, out int bytes);
            utf8 = utf8[bytes..];
            if (length == _word.Length) Array.Resize(ref _word, _word.Length * 2);
            _word[length++] = rune.Value == '’' ? new Rune('\'') : rune;
        }
        bool isQuote = (length == 1 && _word[0].Value is '"' or '“' or '”' or '„' or '«' or '»')
            || (length == 2 && _word[0].Value == '`' && _word[1].Value == '`');
        if (!isQuote) return _word.AsSpan(0, length);
        _word[0] = _word[1] = new Rune('\'');
        return _word.AsSpan(0, 2);
    }

    private static Rune Fold(Rune rune) => rune.Value is >= '0' and <= '9' ? s_digit : LetterCase.Lower(rune);

    private static uint ShapeHash(ReadOnlySpan<Rune> word)
    {
        uint hash = FoldedHash.Start(ShapeKind);
        Rune last = default, beforeLast = default;
        for (int i = 0; i < word.Length; i++)
        {
            Rune kind = ShapeOf(word[i]);
            if (i >= 2 && kind == last && kind == beforeLast) continue;
            hash = FoldedHash.Add(hash, kind);
            beforeLast = last;
            last = kind;
        }
        return hash;
    }

    private static Rune ShapeOf(Rune rune)
    {
        if (rune.Value is >= '0' and <= '9') return s_digit;
        if (LetterCase.Lower(rune) != rune) return new Rune('X');
        if (LetterCase.Upper(rune) != rune) return new Rune('x');
        return rune.IsAscii ? rune : s_other;
    }

    private ReadOnlySpan<Rune> Letters(ReadOnlySpan<Rune> word)
    {
        int length = 0;
        _letters[length++] = s_first;
        for (int i = 0; i < word.Length; i++)
        {
            if (i == Edge && word.Length > 2 * Edge) i = word.Length - Edge;
            _letters[length++] = Fold(word[i]);
        }
        _letters[length++] = s_last;
        return _letters.AsSpan(0, length);
    }

    private int WriteGrams(ReadOnlySpan<Rune> letters, Span<long> ids)
    {
        int count = 0;
        foreach (int n in _grams)
        {
            for (int i = 0; i + n <= letters.Length; i++)
            {
                uint hash = FoldedHash.Start(GramKind);
                for (int k = 0; k < n; k++) hash = FoldedHash.Add(hash, letters[i + k]);
                ids[count++] = Bucket(hash);
            }
        }
        return count;
    }

    private long Bucket(uint hash) => 1 + FoldedHash.Finish(hash) % (_buckets - 1);
}
