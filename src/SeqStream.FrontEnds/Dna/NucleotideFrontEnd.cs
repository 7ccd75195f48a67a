using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Text;
using SeqStream.State;

namespace SeqStream.FrontEnds.Dna;

/// <summary>
/// DNA or RNA letter by letter: a step holds the shares of A, C, G and T that the letter may stand for, [4] float32.
/// Upper and lower case are alike; letters of ambiguity and gaps share evenly. Blanks, digits and FASTA header lines, from <c>&gt;</c> at the start of a
/// frame or line to the end of that line or frame, are passed over. A frame with any other character is refused whole.
/// </summary>
/// <param name="options">The input.</param>
public sealed class NucleotideFrontEnd(NucleotideOptions options) : IFrontEnd
{
    private byte[] _letters = new byte[64]; // [_length] those that wait from _at
    private int _length;
    private int _at;
    private double _time = double.NaN;

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content == FrameContent.Values)
        {
            return FrameVerdict.Refused("found numbers, expected DNA letters as text. Send {\"text\":\"...\"}, or lines with --in text.");
        }
        string? problem = TextTokenizer.Check(payload.Text) ?? Problem(payload.Text);
        if (problem is not null) return FrameVerdict.Refused(problem);
        Store(payload.Text);
        _time = time;
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (_at == _length) return false;
        NucleotideCode.Write(_letters[_at], inputs.Floats(options.Port));
        note.Time = _time;
        note.Text = _letters.AsMemory(_at, 1);
        note.IsWarmUp = false;
        _at++;
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
    }

    /// <inheritdoc/>
    public void Reset() => (_length, _at, _time) = (0, 0, double.NaN);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_time);
        writer.Write(_letters.AsSpan(_at, _length - _at));
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        double time = reader.ReadDouble();
        ReadOnlySpan<byte> letters = reader.ReadBytes();
        foreach (byte letter in letters)
        {
            if (!NucleotideCode.Has(new Rune((int)letter))) throw new StateSnapshotException("The saved state holds letters that are not DNA: it was damaged, or belongs to another model. Use an intact copy.");
        }
        Grow(letters.Length);
        letters.CopyTo(_letters);
        _length = letters.Length;
        _time = time;
    }

    private static string? Problem(ReadOnlySpan<byte> utf8)
    {
        bool isLineStart = true;
        long letters = 0;
        while (SkipHeader(ref utf8, ref isLineStart))
        {
            Rune.DecodeFromUtf8(utf8, out Rune letter, out int bytes);
            utf8 = utf8[bytes..];
            if (NucleotideCode.Has(letter)) letters++;
            else if (!IsPassedOver(letter)) return Unknown(letter, letters + 1);
            isLineStart = letter.Value == '\n';
        }
        return null;
    }

    private static string Unknown(Rune letter, long place)
        => string.Create(CultureInfo.InvariantCulture, $"found '{letter}' (U+{letter.Value:X4}) as letter {place}, expected DNA: letters of {NucleotideCode.Letters} in either case, or '-' for a gap. ")
            + "Replace letters that are not known by N.";

    private void Store(ReadOnlySpan<byte> utf8)
    {
        _letters.AsSpan(_at, _length - _at).CopyTo(_letters);
        _length -= _at;
        _at = 0;
        Grow(_length + utf8.Length);
        bool isLineStart = true;
        while (SkipHeader(ref utf8, ref isLineStart))
        {
            byte letter = utf8[0];
            utf8 = utf8[1..];
            if (NucleotideCode.Has(new Rune((int)letter))) _letters[_length++] = letter;
            isLineStart = letter == '\n';
        }
    }

    /// <summary>Takes a header line away if one begins here; false if nothing is left.</summary>
    private static bool SkipHeader(ref ReadOnlySpan<byte> utf8, ref bool isLineStart)
    {
        while (isLineStart && !utf8.IsEmpty && utf8[0] == '>')
        {
            int end = utf8.IndexOf((byte)'\n');
            utf8 = end < 0 ? [] : utf8[(end + 1)..];
        }
        return !utf8.IsEmpty;
    }

    private static bool IsPassedOver(Rune letter) => letter.IsAscii && (Rune.IsWhiteSpace(letter) || letter.Value is >= '0' and <= '9');

    private void Grow(int length)
    {
        if (length > _letters.Length) Array.Resize(ref _letters, Math.Max(_letters.Length * 2, length));
    }
}
