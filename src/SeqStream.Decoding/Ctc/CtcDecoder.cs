using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Ctc;

/// <summary>
/// Text from the scores of connectionist temporal classification: a running transcript whenever it changes, marked as partial, and the final one at the end of the sequence or of the
/// utterance, with the probability of each word as parts. A partial transcript's span is that of its newest word, a final one's reaches from the first word to the last. A word's span covers
/// the steps at which the model says it, which for CTC lie near the word's end. Steps without words say nothing.
/// </summary>
public sealed class CtcDecoder : IDecoder
{
    private readonly CtcOptions _options;
    private readonly StepClock _clock;
    private readonly CtcSearch _search;
    private readonly CtcTranscript _said = new();
    private readonly float[] _probabilities; // [label]
    private readonly byte[][] _texts;        // [label] UTF-8
    private readonly byte[] _separator;
    private long _step = -1;                 // the last one
    private double _time = double.NaN;
    private long _quietSteps;                // since a word was the most probable

    /// <summary>Creates the decoder of one stream.</summary>
    /// <param name="options">What to say and when.</param>
    public CtcDecoder(CtcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _clock = new StepClock(options.StepSeconds);
        _probabilities = new float[options.Labels.Length];
        _texts = [.. options.Labels.Select(Encoding.UTF8.GetBytes)];
        _separator = Encoding.UTF8.GetBytes(options.Separator);
        _search = options.Beam > 1 ? new PrefixBeamSearch(options.Labels.Length, options.Blank, options.Beam) : new BestPathSearch(options.Labels.Length, options.Blank);
    }

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        ReadOnlySpan<float> scores = result.Floats(_options.Port);
        float sum = Softmax.Exponentials(scores, _probabilities);
        foreach (ref float probability in _probabilities.AsSpan()) probability /= sum;
        (_step, _time) = (result.Step, result.Time);
        double start = _clock.StartOf(_step, _time);
        _search.Accept(_probabilities, start, _clock.EndOf(start));
        _quietSteps = Softmax.Best(scores) == _options.Blank ? _quietSteps + 1 : 0;
        if (!_search.Best.SaysSame(_said))
        {
            _said.CopyFrom(_search.Best);
            Say(isPartial: true, emissions);
        }
        if (_options.EndpointSteps > 0 && _quietSteps >= _options.EndpointSteps) Finish(emissions);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        Finish(emissions);
        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _search.Reset();
        _said.Clear();
        (_step, _time, _quietSteps) = (-1, double.NaN, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_step);
        writer.Write(_time);
        writer.Write(_quietSteps);
        _said.Save(writer);
        _search.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _step = reader.ReadLong();
        _time = reader.ReadDouble();
        _quietSteps = reader.ReadCount();
        _said.Restore(ref reader, _options.Labels.Length);
        _search.Restore(ref reader);
    }

    /// <summary>The utterance is over: its transcript will not change any more.</summary>
    private void Finish(IEmissionWriter emissions)
    {
        if (_search.Best.Count > 0)
        {
            _said.CopyFrom(_search.Best);
            Say(isPartial: false, emissions);
        }
        if (_said.Count == 0) return;
        _said.Clear();
        _search.Clear();
    }

    private void Say(bool isPartial, IEmissionWriter emissions)
    {
        ReadOnlySpan<CtcWord> words = _said.Words;
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Text;
        emission.Step = _step;
        emission.Time = _time;
        emission.IsPartial = isPartial;
        if (!words.IsEmpty)
        {
            emission.SpanStart = (isPartial ? words[^1] : words[0]).Start;
            emission.SpanEnd = words[^1].End;
        }
        for (int i = 0; i < words.Length; i++)
        {
            if (i > 0) emission.AddText(_separator);
            emission.AddText(_texts[words[i].Symbol]);
            if (!isPartial) emission.AddPart(_texts[words[i].Symbol], words[i].Score);
        }
        emissions.Write(emission);
    }
}
