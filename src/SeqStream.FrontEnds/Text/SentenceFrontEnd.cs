using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Text to the steps that read a sentence into the memory of an encoder-decoder: one for each word as it comes, then, when the sentence is over, one for each word backwards, which
/// answer for nothing, and one that begins the answer; what follows from the answer is the decoder's. A sentence that is longer than the memory is cut where the memory is full, and
/// each piece is a sentence. The note of a step has the word that it reads, as it was written; that of the step that begins has none.
/// </summary>
/// <param name="options">Words and ports.</param>
public sealed class SentenceFrontEnd(SentenceOptions options) : IFrontEnd
{
    /// <summary>Most bytes of a frame.</summary>
    public const int MostBytes = 1 << 16;

    private readonly SentenceSplitter _splitter = new(options.Elide);
    private readonly TokenQueue _words = new();             // the word of the next step and those after it
    private readonly int[] _ids = new int[options.Longest]; // of the words read of this sentence
    private int _count;                                     // of them
    private int _place;                                     // of the word to be read backwards
    private SentencePhase _phase;
    private bool _isAnswered;                               // the first word of the queue has had its step
    private bool _hasEnded;
    private double _time = double.NaN;

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content == FrameContent.Values) return FrameVerdict.Refused("found numbers, expected text. Send {\"text\":\"...\"}, or lines with --in text or --in tokens.");
        if (payload.Text.Length > MostBytes) return TooLong(payload.Text.Length);
        if (TextTokenizer.Check(payload.Text) is { } problem) return FrameVerdict.Refused(problem);
        if (_hasEnded) Reset();
        _time = time;
        if (payload.Content == FrameContent.Text) _splitter.Add(payload.Text, _words);
        else AddTokens(payload.Text);
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (_isAnswered) _words.Drop(1);
        _isAnswered = false;
        if (_phase == SentencePhase.Read && !FindWord()) return false;
        foreach (int port in options.OtherPorts) inputs.Bytes(port).Clear();
        note.Time = _time;
        note.Text = default;
        note.IsWarmUp = _phase == SentencePhase.ReadBack;
        switch (_phase)
        {
            case SentencePhase.Read: Read(inputs, ref note); break;
            case SentencePhase.ReadBack: ReadBack(inputs); break;
            default: Begin(inputs); break;
        }
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        _splitter.End(_words);
        _hasEnded = true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _splitter.Reset();
        _words.Clear();
        (_count, _place, _phase, _isAnswered, _hasEnded) = (0, 0, SentencePhase.Read, false, false);
        _time = double.NaN;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _splitter.Save(writer);
        _words.Save(writer);
        writer.Write(_count);
        writer.WriteAll(_ids.AsSpan(0, _count));
        writer.Write(_place);
        writer.Write((int)_phase);
        writer.Write(_isAnswered);
        writer.Write(_hasEnded);
        writer.Write(_time);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _splitter.Restore(ref reader);
        _words.Restore(ref reader);
        _count = reader.ReadInt(0, _ids.Length);
        reader.ReadAll(_ids.AsSpan(0, _count), 0, Math.Max(options.Unknown, options.Ids.Count - 1));
        _place = reader.ReadInt(0, _ids.Length - 1);
        _phase = (SentencePhase)reader.ReadInt(0, (int)SentencePhase.Begin);
        _isAnswered = reader.ReadBool();
        _hasEnded = reader.ReadBool();
        _time = reader.ReadDouble();
        bool fits = (!_isAnswered || _words.Count > 0) && (_phase == SentencePhase.Read || _place < _count);
        if (!fits) throw new StateSnapshotException("The saved state speaks of words that it does not hold: it was damaged. Use an intact copy.");
    }

    private static FrameVerdict TooLong(int bytes)
        => FrameVerdict.Refused(string.Create(CultureInfo.InvariantCulture, $"found a text of {bytes} bytes, expected at most {MostBytes}. Send it sentence by sentence, a line each."));

    private void AddTokens(ReadOnlySpan<byte> utf8)
    {
        _splitter.End(_words);
        foreach (Range range in utf8.Split((byte)' ')) _words.Add(utf8[range]);
    }

    /// <summary>Finds a word to read. Where the sentence is over, or the memory full, the phase is another one. False if more text is needed.</summary>
    private bool FindWord()
    {
        while (_words.Count > 0 && _words[0].Span.SequenceEqual(SentenceSplitter.EndOfSentence))
        {
            _words.Drop(1);
            if (_count > 0) return TurnBack();
        }
        if (_words.Count > 0) return _count < _ids.Length || TurnBack();
        return _hasEnded && _count > 0 && TurnBack();
    }

    private bool TurnBack()
    {
        _place = _count - 1;
        _phase = SentencePhase.ReadBack;
        return true;
    }

    private void Read(StepInputs inputs, ref StepNote note)
    {
        _ids[_count] = options.IdOf(_words[0].Span);
        Write(inputs, _ids[_count], _count);
        note.Text = _words[0];
        _count++;
        _isAnswered = true;
    }

    private void ReadBack(StepInputs inputs)
    {
        Write(inputs, _ids[_place], _place);
        if (_place == 0) _phase = SentencePhase.Begin;
        else _place--;
    }

    private void Begin(StepInputs inputs)
    {
        Write(inputs, 0, 0);
        (_phase, _count) = (SentencePhase.Read, 0);
    }

    private void Write(StepInputs inputs, int id, int place)
    {
        inputs.Integers(options.SourcePort)[0] = id;
        inputs.Integers(options.PhasePort)[0] = (long)_phase;
        inputs.Integers(options.PlacePort)[0] = place;
    }
}
