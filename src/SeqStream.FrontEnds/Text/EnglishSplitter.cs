using System.Collections.Frozen;
using System.Text;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Splits one run of characters without blanks into tokens the way English treebanks and WikiANN are split: brackets, quotation marks and
/// punctuation apart, clitics (<c>'s</c>, <c>n't</c>) apart, abbreviations, numbers, hyphens and everything of other scripts whole.
/// </summary>
public static class EnglishSplitter
{
    private const string Openers = "([{\"“„‘«¿¡$£€";
    private const string Closers = ",;:!?)]}\"”’»%…'`";
    private const string Breakers = "()[]{}\"“”„«»—…";

    private static readonly string[] s_clitics = ["'s", "'m", "'d", "'re", "'ve", "'ll", "n't"];

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_abbreviations = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "mr", "mrs", "ms", "dr", "st", "jr", "sr", "prof", "rev", "gen", "col", "capt", "lt", "sgt", "maj", "gov", "sen", "rep", "hon", "no", "vs", "etc",
        "inc", "ltd", "co", "corp", "mt", "ft", "dept", "univ", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True if the chunk ends with a period, closing marks aside: whether it stays on the word depends on what follows.</summary>
    [HotPath]
    public static bool EndsWithPeriod(ReadOnlySpan<Rune> chunk)
    {
        int end = chunk.Length;
        while (end > 0 && Is(chunk[end - 1], Closers)) end--;
        return end > 0 && chunk[end - 1].Value == '.';
    }

    /// <summary>Splits a chunk into tokens.</summary>
    /// <param name="chunk">Code points without blanks.</param>
    /// <param name="isLast">True if nothing follows in the sequence: a period at its end is then the sentence's own.</param>
    /// <param name="tokens">Where the tokens go.</param>
    [HotPath]
    public static void Split(ReadOnlySpan<Rune> chunk, bool isLast, TokenQueue tokens)
    {
        int core = chunk.Length;
        while (core > 0 && !IsClitic(chunk[..core]) && TrailingMark(chunk[..core], isLast) is int length and > 0) core -= length;
        int from = 0;
        while (from < core && !IsClitic(chunk[from..core]) && LeadingMark(chunk[from..core]) is int length and > 0)
        {
            Add(chunk.Slice(from, length), tokens);
            from += length;
        }
        SplitInside(chunk[from..core], tokens);
        while (core < chunk.Length)
        {
            int length = MarkAt(chunk[core..]);
            Add(chunk.Slice(core, length), tokens);
            core += length;
        }
    }

    private static int LeadingMark(ReadOnlySpan<Rune> text)
    {
        if (IsPair(text)) return 2;
        if (Is(text[0], Openers)) return 1;
        bool isQuote = text[0].Value is '\'' or '`' && text.Length > 1 && Rune.IsLetter(text[1]);
        return isQuote ? 1 : 0;
    }

    private static int TrailingMark(ReadOnlySpan<Rune> text, bool isLast)
    {
        if (text.Length >= 2 && IsPair(text[^2..])) return 2;
        if (Is(text[^1], Closers)) return 1;
        if (text[^1].Value != '.') return 0;
        int dots = 1;
        while (dots < text.Length && text[^(dots + 1)].Value == '.') dots++;
        return dots > 1 ? dots : KeepsPeriod(text[..^1], isLast) ? 0 : 1;
    }

    private static int MarkAt(ReadOnlySpan<Rune> text)
    {
        if (IsPair(text)) return 2;
        int dots = 0;
        while (dots < text.Length && text[dots].Value == '.') dots++;
        return Math.Max(1, dots);
    }

    private static bool KeepsPeriod(ReadOnlySpan<Rune> word, bool isLast)
    {
        if (isLast || word.IsEmpty) return false;
        if (word.Length == 1) return Rune.IsLetter(word[0]);
        Span<char> letters = stackalloc char[8];
        if (word.Length > letters.Length) return Contains(word, '.');
        for (int i = 0; i < word.Length; i++) letters[i] = word[i].IsAscii ? (char)word[i].Value : '\0';
        return s_abbreviations.Contains(letters[..word.Length]) || Contains(word, '.');
    }

    private static void SplitInside(ReadOnlySpan<Rune> text, TokenQueue tokens)
    {
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int length = i + 1 < text.Length && text[i].Value == '-' && text[i + 1].Value == '-' ? 2
                : Is(text[i], Breakers) || IsSplittingComma(text, i) ? 1 : 0;
            if (length == 0) continue;
            AddWord(text[from..i], tokens);
            Add(text.Slice(i, length), tokens);
            from = i + length;
            i = from - 1;
        }
        AddWord(text[from..], tokens);
    }

    private static void AddWord(ReadOnlySpan<Rune> word, TokenQueue tokens)
    {
        int clitic = 0;
        foreach (string ending in s_clitics)
        {
            if (word.Length > ending.Length && Matches(word[^ending.Length..], ending)) clitic = ending.Length;
        }
        Add(word[..^clitic], tokens);
        Add(word[^clitic..], tokens);
    }

    private static void Add(ReadOnlySpan<Rune> token, TokenQueue tokens)
    {
        foreach (Rune rune in token) tokens.Append(rune);
        tokens.Close();
    }

    private static bool IsClitic(ReadOnlySpan<Rune> text)
    {
        foreach (string clitic in s_clitics)
        {
            if (text.Length == clitic.Length && Matches(text, clitic)) return true;
        }
        return false;
    }

    private static bool Matches(ReadOnlySpan<Rune> text, string clitic)
    {
        for (int i = 0; i < clitic.Length; i++)
        {
            char c = text[i].Value == '’' ? '\'' : text[i].IsAscii ? char.ToLowerInvariant((char)text[i].Value) : '\0';
            if (c != clitic[i]) return false;
        }
        return true;
    }

    private static bool IsPair(ReadOnlySpan<Rune> text) => text.Length >= 2 && text[0] == text[1] && (text[0].Value is '\'' or '`');

    private static bool IsSplittingComma(ReadOnlySpan<Rune> text, int at)
        => text[at].Value == ',' && !(at > 0 && Rune.IsDigit(text[at - 1]) && at + 1 < text.Length && Rune.IsDigit(text[at + 1]));

    private static bool Contains(ReadOnlySpan<Rune> text, char mark)
    {
        foreach (Rune rune in text)
        {
            if (rune.Value == mark) return true;
        }
        return false;
    }

    private static bool Is(Rune rune, string marks) => rune.IsBmp && marks.Contains((char)rune.Value, StringComparison.Ordinal);
}
