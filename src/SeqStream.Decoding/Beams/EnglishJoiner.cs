using System.Text;

namespace SeqStream.Decoding.Beams;

/// <summary>Writes words and marks as an English sentence: no blank before a closing mark or behind an opening one, quotation marks by turns opening and closing.</summary>
internal ref struct EnglishJoiner
{
    private bool _isQuoted;
    private bool _isGlued;

    /// <summary>Begins a sentence.</summary>
    public static EnglishJoiner Start() => new() { _isGlued = true };

    /// <summary>True if a blank stands before the word, which is then taken.</summary>
    public bool Take(ReadOnlySpan<byte> word)
    {
        bool isQuote = word is [(byte)'"'];
        bool hasBlank = !_isGlued && !IsClosing(word) && !(isQuote && _isQuoted);
        _isGlued = word is [(byte)'('] or [(byte)'['] or [(byte)'$'] or [(byte)'#'] || (isQuote && !_isQuoted);
        _isQuoted ^= isQuote;
        return hasBlank;
    }

    /// <summary>The first letter of a word as a capital; 0 if it is none already or has no capital.</summary>
    public static int CapitalOf(ReadOnlySpan<byte> word, out int bytes)
    {
        Rune.DecodeFromUtf8(word, out Rune first, out bytes);
        Rune capital = Rune.ToUpperInvariant(first);
        return capital == first ? 0 : capital.Value;
    }

    private static bool IsClosing(ReadOnlySpan<byte> word)
    {
        if (word is [(byte)'\'', _, ..]) return true;
        return word is [(byte)'.' or (byte)',' or (byte)'!' or (byte)'?' or (byte)';' or (byte)':' or (byte)')' or (byte)']' or (byte)'%'] || word.SequenceEqual("\u2026"u8);
    }
}
