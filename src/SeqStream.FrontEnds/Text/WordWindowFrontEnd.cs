using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Text;

/// <summary>
/// Text to hashed word features, one step per word: the features of a window of words around it, marks standing beyond the ends of the sequence.
/// A step waits for <see cref="WordWindowOptions.Ahead"/> further words or the end.
/// </summary>
public sealed class WordWindowFrontEnd : IFrontEnd
{
    private readonly WordWindowOptions _options;
    private readonly WordFeatures _features;
    private readonly TextTokenizer _tokenizer = new();
    private readonly TokenQueue _tokens = new(); // the word of the next step and those after it
    private readonly long[] _ids;                // [back + 1 + ahead][slots], oldest word first
    private readonly float[] _weights;           // the same shape
    private int _loaded;                         // words of the queue, and marks after them, that stand in the window
    private bool _isAnswered;                    // the first word of the queue has had its step
    private bool _hasEnded;
    private double _time = double.NaN;

    /// <summary>Creates the front end of one stream.</summary>
    public WordWindowFrontEnd(WordWindowOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _features = new WordFeatures(options.Buckets, options.Grams.AsSpan(), options.HasPairs);
        int count = (options.Back + 1 + options.Ahead) * _features.SlotCount;
        _ids = new long[count];
        _weights = new float[count];
        Reset();
    }

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content == FrameContent.Values)
        {
            return FrameVerdict.Refused("found numbers, expected text. Send {\"text\":\"...\"}, or lines with --in text or --in tokens.");
        }
        string? problem = TextTokenizer.Check(payload.Text);
        if (problem is not null) return FrameVerdict.Refused(problem);
        if (_hasEnded) Reset();
        _time = time;
        if (payload.Content == FrameContent.Text) _tokenizer.Add(payload.Text, _tokens);
        else _tokenizer.AddTokens(payload.Text, _tokens);
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (_isAnswered) Advance();
        if (!FillWindow()) return false;
        _ids.CopyTo(inputs.Integers(_options.IdsPort));
        _weights.CopyTo(inputs.Floats(_options.WeightsPort));
        note.Time = _time;
        note.Text = _tokens[0];
        note.IsWarmUp = false;
        _isAnswered = true;
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        _tokenizer.End(_tokens);
        _hasEnded = true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _tokenizer.Reset();
        _tokens.Clear();
        _features.Reset();
        _loaded = 0;
        _isAnswered = false;
        _hasEnded = false;
        _time = double.NaN;
        Array.Clear(_ids);
        Array.Clear(_weights);
        for (int word = 0; word < _options.Back; word++) _features.WriteMark(isBefore: true, Ids(word), Weights(word));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _tokenizer.Save(writer);
        _tokens.Save(writer);
        writer.WriteAll(_ids);
        writer.WriteAll(_weights);
        if (_options.HasPairs) writer.Write(_features.Before);
        writer.Write(_loaded);
        writer.Write(_isAnswered);
        writer.Write(_hasEnded);
        writer.Write(_time);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _tokenizer.Restore(ref reader);
        _tokens.Restore(ref reader);
        reader.ReadAll(_ids);
        reader.ReadAll(_weights);
        if (_options.HasPairs) _features.Before = reader.ReadInt();
        _loaded = reader.ReadInt(0, _options.Ahead + 1);
        _isAnswered = reader.ReadBool();
        _hasEnded = reader.ReadBool();
        _time = reader.ReadDouble();
        foreach (long id in _ids)
        {
            if (id < 0 || id >= _options.Buckets) throw new StateSnapshotException($"The saved state holds the word id {id}; the model has ids 0 to {_options.Buckets - 1}. It was damaged, or belongs to another model: use an intact copy.");
        }
        if (_isAnswered && _tokens.Count == 0) throw new StateSnapshotException("The saved state answers for a word that it does not hold: it was damaged. Use an intact copy.");
    }

    private void Advance()
    {
        int slots = _features.SlotCount;
        _ids.AsSpan(slots).CopyTo(_ids);
        _weights.AsSpan(slots).CopyTo(_weights);
        _tokens.Drop(1);
        _loaded--;
        _isAnswered = false;
    }

    private bool FillWindow()
    {
        if (_tokens.Count == 0) return false;
        for (; _loaded <= _options.Ahead; _loaded++)
        {
            int word = _options.Back + _loaded;
            if (_loaded < _tokens.Count) _features.Write(_tokens[_loaded].Span, Ids(word), Weights(word));
            else if (_hasEnded) _features.WriteMark(isBefore: false, Ids(word), Weights(word));
            else return false;
        }
        return true;
    }

    private Span<long> Ids(int word) => _ids.AsSpan(word * _features.SlotCount, _features.SlotCount);

    private Span<float> Weights(int word) => _weights.AsSpan(word * _features.SlotCount, _features.SlotCount);
}
