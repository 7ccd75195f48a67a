using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Sensors;

/// <summary>
/// Sensor rows to standardised features, one step per row: the values, their running means and the running means of their changes, each shifted and scaled.
/// Rows of the wrong width or with numbers that are not finite are refused.
/// </summary>
public sealed class StandardizeFrontEnd : IFrontEnd
{
    private const double Greatest = 1e30; // leaves room for shifting and scaling within float32

    private readonly StandardizeOptions _options;
    private readonly RunningMean[] _means;
    private readonly RunningMean[] _changes;
    private readonly double[] _last;    // [channel] the row before
    private readonly double[] _row;     // [channel]
    private readonly double[] _change;  // [channel] absolute change since the row before, 0 at the first
    private readonly float[] _features; // [feature]
    private double _time;
    private bool _hasLast;
    private bool _isReady;

    /// <summary>Creates the front end of one stream.</summary>
    public StandardizeFrontEnd(StandardizeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _means = [.. options.Means.Select(halfLife => new RunningMean(options.Channels, halfLife))];
        _changes = [.. options.Changes.Select(halfLife => new RunningMean(options.Channels, halfLife))];
        _last = new double[options.Channels];
        _row = new double[options.Channels];
        _change = new double[options.Channels];
        _features = new float[options.Features];
    }

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        string? problem = Read(payload);
        if (problem is not null) return FrameVerdict.Refused(problem);
        Update();
        _time = time;
        _isReady = true;
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isReady) return false;
        _features.CopyTo(inputs.Floats(_options.Port));
        note.Time = _time;
        note.Text = default;
        note.IsWarmUp = false;
        _isReady = false;
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
    }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (RunningMean mean in _means) mean.Reset();
        foreach (RunningMean change in _changes) change.Reset();
        _hasLast = false;
        _isReady = false;
    }

    private string? Read(FramePayload payload)
    {
        if (payload.Content != FrameContent.Values) return WrongContent("text");
        if (payload.SegmentCount != 1) return WrongContent(string.Create(CultureInfo.InvariantCulture, $"{payload.SegmentCount} inputs"));
        PayloadSegment segment = payload.Segment(0);
        if (segment.Count != _options.Channels) return WrongContent(string.Create(CultureInfo.InvariantCulture, $"{segment.Count} numbers"));
        for (int i = 0; i < segment.Count; i++)
        {
            double value = segment.IsInteger ? payload.Integers(segment)[i] : payload.Values(segment)[i];
            if (!(Math.Abs(value) <= Greatest)) return OutOfRange(i, value);
            _row[i] = value;
        }
        return null;
    }

    private void Update()
    {
        int channels = _options.Channels;
        for (int i = 0; i < channels; i++)
        {
            _change[i] = _hasLast ? Math.Abs(_row[i] - _last[i]) : 0;
            _features[i] = (float)_row[i];
        }
        int at = channels;
        foreach (RunningMean mean in _means) at = Write(mean, _row, at);
        foreach (RunningMean change in _changes) at = Write(change, _change, at);
        for (int i = 0; i < _features.Length; i++) _features[i] = (_features[i] - _options.Mean[i]) * _options.Scale[i];
        _row.CopyTo(_last, 0);
        _hasLast = true;
    }

    private int Write(RunningMean mean, ReadOnlySpan<double> values, int at)
    {
        mean.Add(values);
        mean.Write(_features.AsSpan(at, _options.Channels));
        return at + _options.Channels;
    }

    private string WrongContent(string found)
        => string.Create(CultureInfo.InvariantCulture, $"found {found}, expected {_options.Channels} numbers, one for each sensor channel. Send them in the card's order.");

    private static string OutOfRange(int channel, double found)
        => string.Create(CultureInfo.InvariantCulture,
            $"found {found} in channel {channel}, expected a number between {-Greatest:G} and {Greatest:G}. Leave the record out or repair it at the source.");
}
