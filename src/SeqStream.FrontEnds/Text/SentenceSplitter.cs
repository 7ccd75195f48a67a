using System.Buffers;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Cuts running text into words, marks and sentences, piece by piece, so that a word may arrive letter by letter. Letters, digits and combining marks make words; so do a hyphen
/// between letters and a point or comma between digits. An apostrophe between letters ends a word (French: <c>l' homme</c>) or begins one (English: <c>man 's</c>). Every other
/// character is a word of its own. A line break ends a sentence, and so does a blank behind <c>!</c>, <c>?</c>, an ellipsis, or a point behind a word of several letters.
/// One thread at a time; allocates nothing once the queue has grown.
/// </summary>
/// <param name="elide">True if an apostrophe ends the word before it.</param>
public sealed class SentenceSplitter(bool elide)
{
    /// <summary>A word is cut after this many characters.</summary>
    public const int LongestWord = 64;

    private static readonly Rune s_apostrophe = new('\''), s_break = new('\n');
    private Rune _last;     // of the open word
    private int _letters;   // of the open word; 0 if none is open
    private int _before;    // letters of the word before
    private int _pending;   // a mark behind the open word that the next character may join to it; 0 for none
    private bool _mayEnd;   // a blank would end the sentence

    /// <summary>The word that stands for the end of a sentence; text holds it nowhere else.</summary>
    public static ReadOnlySpan<byte> EndOfSentence => "\n"u8;

    /// <summary>Takes a piece of valid UTF-8 text.</summary>
    [HotPath]
    public void Add(ReadOnlySpan<byte> utf8, TokenQueue words)
    {
        ArgumentNullException.ThrowIfNull(words);
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int bytes) != OperationStatus.Done) rune = Rune.ReplacementChar;
            utf8 = utf8[bytes..];
            Add(new Rune(Same(rune.Value)), words);
        }
    }

    /// <summary>No more text follows: what was open becomes words.</summary>
    public void End(TokenQueue words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (_pending != 0) Resolve(s_break, words);
        Close(words);
        Reset();
    }

    /// <summary>Forgets what was open.</summary>
    public void Reset()
    {
        (_letters, _before, _pending, _mayEnd) = (0, 0, 0, false);
        _last = default;
    }

    /// <summary>Writes what is remembered.</summary>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_last.Value);
        writer.Write(_letters);
        writer.Write(_before);
        writer.Write(_pending);
        writer.Write(_mayEnd);
    }

    /// <summary>Replaces what is remembered by what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early or do not fit.</exception>
    public void Restore(ref StateReader reader)
    {
        Reset();
        int last = reader.ReadInt();
        if (!Rune.TryCreate(last, out _last)) throw new StateSnapshotException($"The saved state holds {last} where a character was expected: it was damaged. Use an intact copy.");
        _letters = reader.ReadInt(0, LongestWord);
        _before = reader.ReadInt(0, LongestWord);
        _pending = reader.ReadInt(0, 0x7F);
        _mayEnd = reader.ReadBool();
    }

    private void Add(Rune rune, TokenQueue words)
    {
        if (_pending != 0) Resolve(rune, words);
        if (IsLetter(rune)) Append(rune, words);
        else if (IsBlank(rune)) AddBlank(rune, words);
        else if (_letters > 0 && (rune.Value is '-' or '\'' or '.' or ',')) _pending = rune.Value;
        else AddMark(rune, words);
    }

    /// <summary>Decides whether the mark that waits belongs to the word before it, by what follows.</summary>
    private void Resolve(Rune next, TokenQueue words)
    {
        Rune mark = new(_pending);
        _pending = 0;
        bool joins = mark.Value switch
        {
            '-' or '\'' => IsLetter(next),
            _ => Rune.IsDigit(_last) && _last.IsAscii && Rune.IsDigit(next) && next.IsAscii,
        };
        if (!joins)
        {
            AddMark(mark, words);
            return;
        }
        if (mark == s_apostrophe && !elide) Close(words);
        Append(mark, words);
        if (mark == s_apostrophe && elide) Close(words);
    }

    private void AddBlank(Rune rune, TokenQueue words)
    {
        Close(words);
        if (!_mayEnd && rune != s_break) return;
        words.Append(s_break);
        words.Close();
        _mayEnd = false;
    }

    private void AddMark(Rune mark, TokenQueue words)
    {
        Close(words);
        words.Append(mark);
        words.Close();
        _mayEnd = mark.Value switch
        {
            '.' => _mayEnd || _before > 1,
            '!' or '?' or 0x2026 => true,
            '"' or ')' => _mayEnd,
            _ => false,
        };
    }

    private void Append(Rune rune, TokenQueue words)
    {
        if (_letters == LongestWord) Close(words);
        words.Append(rune);
        _letters++;
        _last = rune;
    }

    private void Close(TokenQueue words)
    {
        if (_letters == 0) return;
        words.Close();
        (_before, _letters, _mayEnd) = (_letters, 0, false);
    }

    /// <summary>One form of apostrophe and of quotation mark.</summary>
    private static int Same(int c) => c switch
    {
        0x2019 or 0x2018 or 0x2BC or '`' => '\'',
        0x201C or 0x201D or 0x201E or 0xAB or 0xBB => '"',
        _ => c,
    };

    private static bool IsLetter(Rune rune) => Rune.GetUnicodeCategory(rune) <= UnicodeCategory.OtherNumber;

    private static bool IsBlank(Rune rune) => Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.SpaceSeparator and <= UnicodeCategory.Surrogate;
}
