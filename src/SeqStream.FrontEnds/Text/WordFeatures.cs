using System.Text;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Hashed features of a word: slot 0 the word, 1 its folded spelling, 2 its shape, with pairs 3 the folded spellings of the word before and of this one,
/// then character n-grams of the folded spelling between marks. Words of a sequence are written in their order, each once.
/// The specification, shared with the training code, is tools/train/README.md. One thread at a time.
/// </summary>
public sealed class WordFeatures
{
    /// <summary>Code points kept at each end of a long word for its n-grams.</summary>
    public const int Edge = 10;

    private const int WordKind = 1, FoldedKind = 2, ShapeKind = 3, GramKind = 4, PairKind = 5; // seed bytes of the hash
    private const int FixedSlots = 3; // without the pair
    private static readonly Rune s_first = new('<'), s_last = new('>'), s_digit = new('0'), s_other = new('~'), s_before = new(2), s_blank = new(' ');

    private readonly uint _buckets;
    private readonly int[] _grams; // lengths of the n-grams
    private readonly bool _hasPairs;
    private uint _before; // hash of the word before and a blank
    private readonly Rune[] _letters = new Rune[2 * Edge + 2]; // folded spelling between marks, long words cut in the middle
    private Rune[] _word = new Rune[64]; // normalised spelling

    /// <summary>Creates the features.</summary>
    /// <param name="buckets">Rows of the table; ids are 1 to buckets - 1, and 0 is padding.</param>
    /// <param name="grams">Lengths of the character n-grams.</param>
    /// <param name="hasPairs">True if a word is also known with the word before it.</param>
    public WordFeatures(int buckets, ReadOnlySpan<int> grams, bool hasPairs = false)
    {
        _buckets = (uint)buckets;
        _grams = [.. grams];
        _hasPairs = hasPairs;
        SlotCount = SlotsFor(grams, hasPairs);
        Reset();
    }

    /// <summary>Ids of one word, padding included.</summary>
    public int SlotCount { get; }

    /// <summary>What is remembered of the word before, for <see cref="WordWindowFrontEnd"/> to save.</summary>
    public int Before
    {
        get => (int)_before;
        set => _before = (uint)value;
    }

    /// <summary>Forgets the word before: the next one begins a sequence.</summary>
    public void Reset() => _before = PairWith(s_before);

    /// <summary>Ids of one word with n-grams of these lengths.</summary>
    public static int SlotsFor(ReadOnlySpan<int> grams, bool hasPairs = false)
    {
        int slots = FixedSlots + (hasPairs ? 1 : 0);
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
        int slots = FixedSlots;
        if (_hasPairs) ids[slots++] = Bucket(PairOf(word));
        int count = WriteGrams(Letters(word), ids[slots..]);
        weights[..slots].Fill(1);
        weights.Slice(slots, count).Fill((float)(1 / Math.Sqrt(Math.Max(1, count))));
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

    /// <summary>The hash of the word before, a blank and this word, both folded; this word becomes the word before.</summary>
    private uint PairOf(ReadOnlySpan<Rune> word)
    {
        uint pair = _before;
        foreach (Rune rune in word) pair = FoldedHash.Add(pair, Fold(rune));
        _before = PairWith(word);
        return pair;
    }

    private static uint PairWith(params ReadOnlySpan<Rune> before)
    {
        uint hash = FoldedHash.Start(PairKind);
        foreach (Rune rune in before) hash = FoldedHash.Add(hash, Fold(rune));
        return FoldedHash.Add(hash, s_blank);
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
