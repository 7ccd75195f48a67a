using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Segments;

/// <summary>
/// Scores of every step to segments of one label each: an emission when a segment begins, marked as partial, with its label and where it began, and one when it is over, with its whole span and its
/// mean probability. A segment begins when a label stays at or above one threshold for some steps, and ends when it stays below a lower one for some steps or when another label begins
/// (thresholds with hysteresis and hang-over, as in voice activity detection: Sohn, Kim, Sung 1999; ITU-T G.729 annex B). Segments do not overlap.
/// </summary>
public sealed class SegmentDecoder : IDecoder
{
    private const int None = -1;
    private readonly SegmentOptions _options;
    private readonly StepClock _clock;
    private readonly float[] _odds;          // [label] exp(score - greatest score) of the step
    private readonly float[] _probabilities; // [label] smoothed
    private bool _isBegun;                   // there are smoothed probabilities
    private long _step;                      // the last one, at which something is said
    private double _time;
    private int _open = None;                // label of the segment
    private double _openStart;
    private double _openEnd;                 // of its last step that was not below the lower threshold
    private double _sum;                     // of its probabilities until then
    private long _steps;
    private double _waitingSum;              // of those since then
    private long _quietSteps;
    private int _next = None;                // label that may begin a segment
    private double _nextStart;
    private double _nextSum;
    private long _nextSteps;

    /// <summary>Creates the decoder of one stream.</summary>
    /// <param name="options">When a segment begins and ends.</param>
    public SegmentDecoder(SegmentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _clock = new StepClock(options.StepSeconds);
        _odds = new float[options.Labels.Length];
        _probabilities = new float[options.Labels.Length];
    }

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        if (result.Step < _options.DelaySteps) return; // speaks about what was before the beginning
        Smooth(result.Floats(_options.Port));
        (_step, _time) = (result.Step, result.Time);
        double start = _clock.StartOf(_step, _time, _options.DelaySteps), end = _clock.EndOf(start);
        Watch(start);
        if (_open != None) GoOn(end, emissions);
        if (_next != None && _nextSteps >= _options.OnSteps) Begin(end, emissions);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        if (_open != None) Finish(emissions);
        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _isBegun = false;
        _open = _next = None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_isBegun);
        if (!_isBegun) return;
        writer.WriteAll(_probabilities);
        writer.Write(_step);
        writer.Write(_time);
        writer.Write(_open);
        writer.Write(_openStart);
        writer.Write(_openEnd);
        writer.Write(_sum);
        writer.Write(_steps);
        writer.Write(_waitingSum);
        writer.Write(_quietSteps);
        writer.Write(_next);
        writer.Write(_nextStart);
        writer.Write(_nextSum);
        writer.Write(_nextSteps);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        if (!reader.ReadBool()) return;
        reader.ReadAll(_probabilities);
        _step = reader.ReadCount();
        _time = reader.ReadDouble();
        _open = reader.ReadInt(None, _options.Labels.Length - 1);
        _openStart = reader.ReadDouble();
        _openEnd = reader.ReadDouble();
        _sum = reader.ReadDouble();
        _steps = reader.ReadCount();
        _waitingSum = reader.ReadDouble();
        _quietSteps = reader.ReadCount();
        _next = reader.ReadInt(None, _options.Labels.Length - 1);
        _nextStart = reader.ReadDouble();
        _nextSum = reader.ReadDouble();
        _nextSteps = reader.ReadCount();
        _isBegun = true;
    }

    private void Smooth(ReadOnlySpan<float> scores)
    {
        float sum = Softmax.Exponentials(scores, _odds);
        float kept = _isBegun ? _options.Smoothing : 0;
        for (int i = 0; i < _odds.Length; i++) _probabilities[i] = kept * _probabilities[i] + (1 - kept) * (_odds[i] / sum);
        _isBegun = true;
    }

    /// <summary>Counts for how long the most probable label has been one that may begin a segment.</summary>
    private void Watch(double start)
    {
        int best = Softmax.Best(_probabilities);
        bool mayBegin = best != _options.Background && best != _open && _probabilities[best] >= _options.On;
        if (!mayBegin) _next = None;
        else if (best != _next) (_next, _nextStart, _nextSum, _nextSteps) = (best, start, _probabilities[best], 1);
        else (_nextSum, _nextSteps) = (_nextSum + _probabilities[best], _nextSteps + 1);
    }

    private void GoOn(double end, IEmissionWriter emissions)
    {
        float probability = _probabilities[_open];
        _waitingSum += probability;
        _quietSteps++;
        if (probability >= _options.Off)
        {
            (_sum, _steps, _openEnd) = (_sum + _waitingSum, _steps + _quietSteps, end);
            (_waitingSum, _quietSteps) = (0, 0);
        }
        else if (_quietSteps >= _options.HangSteps)
        {
            Finish(emissions);
        }
    }

    private void Begin(double end, IEmissionWriter emissions)
    {
        if (_open != None)
        {
            _openEnd = Math.Min(_openEnd, _nextStart);
            Finish(emissions);
        }
        (_open, _openStart, _openEnd, _sum, _steps) = (_next, _nextStart, end, _nextSum, _nextSteps);
        (_waitingSum, _quietSteps, _next) = (0, 0, None);
        Say(isPartial: true, _probabilities[_open], double.NaN, emissions);
    }

    private void Finish(IEmissionWriter emissions)
    {
        Say(isPartial: false, (float)(_sum / Math.Max(_steps, 1)), _openEnd, emissions);
        _open = None;
    }

    private void Say(bool isPartial, float score, double end, IEmissionWriter emissions)
    {
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Label;
        emission.Step = _step;
        emission.Time = _time;
        emission.Label = _options.Labels[_open];
        emission.Score = score;
        emission.IsPartial = isPartial;
        emission.SpanStart = _openStart;
        emission.SpanEnd = end;
        emissions.Write(emission);
    }
}
