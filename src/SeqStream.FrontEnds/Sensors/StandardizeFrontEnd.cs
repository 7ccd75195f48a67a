using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Sensors;

/// <summary>
/// Sensor rows to standardised features, one step per row: the values, their running means and their running deviations, each shifted and scaled.
/// Rows of the wrong width or with numbers that are not finite are refused.
/// </summary>
public sealed class StandardizeFrontEnd : IFrontEnd
{
    private const double Greatest = 1e30; // leaves room for shifting and scaling within float32

    private readonly StandardizeOptions _options;
    private readonly RunningMean[] _means;
    private readonly RunningDeviation[] _deviations;
    private readonly double[] _row;     // [channel]
    private readonly float[] _features; // [feature]
    private double _time;
    private bool _isReady;

    /// <summary>Creates the front end of one stream.</summary>
    public StandardizeFrontEnd(StandardizeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _means = [.. options.Means.Select(halfLife => new RunningMean(options.Channels, halfLife))];
        _deviations = [.. options.Deviations.Select(halfLife => new RunningDeviation(options.Channels, halfLife))];
        _row = new double[options.Channels];
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
        foreach (RunningDeviation deviation in _deviations) deviation.Reset();
        _isReady = false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (RunningMean mean in _means) mean.Save(writer);
        foreach (RunningDeviation deviation in _deviations) deviation.Save(writer);
        writer.Write(_isReady);
        if (!_isReady) return;
        writer.WriteAll(_features);
        writer.Write(_time);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        foreach (RunningMean mean in _means) mean.Restore(ref reader);
        foreach (RunningDeviation deviation in _deviations) deviation.Restore(ref reader);
        _isReady = reader.ReadBool();
        if (!_isReady) return;
        reader.ReadAll(_features);
        _time = reader.ReadDouble();
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
        foreach (int channel in _options.Logarithms) _row[channel] = Math.CopySign(Math.Log(1 + Math.Abs(_row[channel])), _row[channel]);
        for (int i = 0; i < _row.Length; i++) _features[i] = (float)_row[i];
        int at = _row.Length;
        foreach (RunningMean mean in _means)
        {
            mean.Add(_row);
            mean.Write(_features.AsSpan(at, _row.Length));
            at += _row.Length;
        }
        foreach (RunningDeviation deviation in _deviations)
        {
            deviation.Add(_row);
            deviation.Write(_features.AsSpan(at, _row.Length));
            at += _row.Length;
        }
        for (int i = 0; i < _features.Length; i++) _features[i] = (_features[i] - _options.Mean[i]) * _options.Scale[i];
    }

    private string WrongContent(string found)
        => string.Create(CultureInfo.InvariantCulture, $"found {found}, expected {_options.Channels} numbers, one for each sensor channel. Send them in the card's order.");

    private static string OutOfRange(int channel, double found)
        => string.Create(CultureInfo.InvariantCulture,
            $"found {found} in channel {channel}, expected a number between {-Greatest:G} and {Greatest:G}. Leave the record out or repair it at the source.");
}
