using System.Buffers;
using System.Text;
using System.Text.Unicode;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Cuts running text into tokens, piece by piece: pieces are joined, so a word may arrive letter by letter, and is complete when a blank or the end follows.
/// A word that ends with a period waits for the next one, which decides whether the period is its own. Control characters count as blanks.
/// One thread at a time; allocates nothing once its buffers have grown.
/// </summary>
public sealed class TextTokenizer
{
    /// <summary>A run without blanks is cut after this many code points.</summary>
    public const int MaxChunk = 4096;

    private Rune[] _chunk = new Rune[64]; // [_length] code points without blanks
    private int _length;
    private bool _isClosed; // a blank followed, only the question of the period is open

    /// <summary>Says what is wrong with a piece, or null if it can be taken.</summary>
    public static string? Check(ReadOnlySpan<byte> utf8)
        => Utf8.IsValid(utf8) ? null : "the text is not valid UTF-8, expected UTF-8. Convert it, for example with iconv -t UTF-8.";

    /// <summary>Takes a piece of running text.</summary>
    [HotPath]
    public void Add(ReadOnlySpan<byte> utf8, TokenQueue tokens)
    {
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int bytes) != OperationStatus.Done) rune = Rune.ReplacementChar;
            utf8 = utf8[bytes..];
            if (IsBlank(rune)) CloseChunk(tokens);
            else Append(rune, tokens);
        }
    }

    /// <summary>Takes text that is already split by blanks; every word of it is a token as it stands.</summary>
    [HotPath]
    public void AddTokens(ReadOnlySpan<byte> utf8, TokenQueue tokens)
    {
        Finish(isLast: false, tokens);
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int bytes) != OperationStatus.Done) rune = Rune.ReplacementChar;
            utf8 = utf8[bytes..];
            if (IsBlank(rune)) tokens.Close();
            else tokens.Append(rune);
        }
        tokens.Close();
    }

    /// <summary>No more text follows: what was open becomes tokens.</summary>
    public void End(TokenQueue tokens) => Finish(isLast: true, tokens);

    /// <summary>Forgets what was open.</summary>
    public void Reset()
    {
        _length = 0;
        _isClosed = false;
    }

    /// <summary>Writes what is open.</summary>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_isClosed);
        writer.Write(_length);
        for (int i = 0; i < _length; i++) writer.Write(_chunk[i].Value);
    }

    /// <summary>Replaces what is open by what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early or are no text.</exception>
    public void Restore(ref StateReader reader)
    {
        Reset();
        _isClosed = reader.ReadBool();
        int length = reader.ReadInt(0, MaxChunk);
        if (length > _chunk.Length) Array.Resize(ref _chunk, length);
        for (int i = 0; i < length; i++)
        {
            int value = reader.ReadInt();
            if (!Rune.TryCreate(value, out _chunk[i])) throw new StateSnapshotException($"The saved state holds {value} where a character was expected: it was damaged. Use an intact copy.");
        }
        _length = length;
    }

    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.IsControl(rune);

    private void Append(Rune rune, TokenQueue tokens)
    {
        if (_isClosed || _length == MaxChunk) Finish(isLast: false, tokens);
        if (_length == _chunk.Length) Array.Resize(ref _chunk, _chunk.Length * 2);
        _chunk[_length++] = rune;
    }

    private void CloseChunk(TokenQueue tokens)
    {
        if (_length == 0) return;
        if (EnglishSplitter.EndsWithPeriod(_chunk.AsSpan(0, _length))) _isClosed = true;
        else Finish(isLast: false, tokens);
    }

    private void Finish(bool isLast, TokenQueue tokens)
    {
        if (_length > 0) EnglishSplitter.Split(_chunk.AsSpan(0, _length), isLast, tokens);
        Reset();
    }
}
