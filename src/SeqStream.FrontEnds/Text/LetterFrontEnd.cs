using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Text letter by letter: a step for the start mark, then one for each letter. A sequence of n letters has n + 1 steps, and the answer to the last
/// is what the model expects next. A line with an unknown letter is refused whole.
/// </summary>
/// <param name="options">The letters and their ids.</param>
public sealed class LetterFrontEnd(LetterOptions options) : IFrontEnd
{
    private byte[] _text = new byte[64]; // UTF-8 of the letters that wait for their step
    private int _length;
    private int _at;
    private double _time = double.NaN;
    private bool _isStartDue;
    private bool _hasStarted;

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content == FrameContent.Values)
        {
            return FrameVerdict.Refused("found numbers, expected text. Send {\"text\":\"...\"}, or lines with --in text.");
        }
        string? problem = TextTokenizer.Check(payload.Text) ?? UnknownLetter(payload.Text);
        if (problem is not null) return FrameVerdict.Refused(problem);
        Store(payload.Text);
        _time = time;
        Begin();
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isStartDue && _at == _length) return false;
        int bytes = 0;
        int id = options.Start;
        if (!_isStartDue)
        {
            Rune.DecodeFromUtf8(_text.AsSpan(_at, _length - _at), out Rune letter, out bytes);
            id = options.IdOf(letter);
        }
        inputs.Integers(options.Port)[0] = id;
        if (options.Class is not null) inputs.Integers(options.Class.Port)[0] = 0;
        note.Time = _time;
        note.Text = _text.AsMemory(_at, bytes);
        note.IsWarmUp = false;
        _at += bytes;
        _isStartDue = false;
        return true;
    }

    /// <inheritdoc/>
    public void End() => _hasStarted = false;

    /// <inheritdoc/>
    public void Reset()
    {
        _length = _at = 0;
        _hasStarted = _isStartDue = false;
        _time = double.NaN;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_hasStarted);
        writer.Write(_isStartDue);
        writer.Write(_time);
        writer.Write(_text.AsSpan(_at, _length - _at));
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        _hasStarted = reader.ReadBool();
        _isStartDue = reader.ReadBool();
        _time = reader.ReadDouble();
        ReadOnlySpan<byte> text = reader.ReadBytes();
        if (TextTokenizer.Check(text) is not null || UnknownLetter(text) is not null) throw new StateSnapshotException("The saved state holds letters that the model does not know: it was damaged, or belongs to another model. Use an intact copy.");
        Store(text);
    }

    private string? UnknownLetter(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out Rune letter, out int bytes);
            utf8 = utf8[bytes..];
            if (options.IdOf(letter) < 0) return Unknown(letter);
        }
        return null;
    }

    private string Unknown(Rune letter)
        => string.Create(CultureInfo.InvariantCulture, $"found the letter '{letter}' (U+{letter.Value:X4}), expected one of '{string.Concat(options.Symbols)}'. ")
            + "Spell the text with these letters.";

    private void Store(ReadOnlySpan<byte> utf8)
    {
        _text.AsSpan(_at, _length - _at).CopyTo(_text);
        _length -= _at;
        _at = 0;
        if (_length + utf8.Length > _text.Length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + utf8.Length));
        utf8.CopyTo(_text.AsSpan(_length));
        _length += utf8.Length;
    }

    private void Begin()
    {
        if (_hasStarted) return;
        _hasStarted = true;
        _isStartDue = true;
    }
}
