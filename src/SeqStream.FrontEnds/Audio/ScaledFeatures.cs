using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Audio;

/// <summary>
/// The memory of <see cref="FeatureScaling"/>. With rate a = 1 - 0.5^(1 / halfLife) and weight W, which begins at the prior: W' = W + a (1 - W), S' = S + a (x - S), mean = S / W;
/// the deviation is the root of the mean square, by the same rule, less the squared mean.
/// </summary>
/// <param name="options">What is done.</param>
internal sealed class ScaledFeatures(FeatureScaling options)
{
    private const double LeastDeviation = 0.01;
    private readonly double _rate = options.HalfLife > 0 ? 1 - Math.Pow(0.5, 1 / options.HalfLife) : 0;
    private readonly double[] _sums = new double[options.HalfLife > 0 ? options.Mean.Length : 0];      // [feature]
    private readonly double[] _squares = new double[options.RunsDeviation ? options.Mean.Length : 0];  // [feature]
    private double _weight = double.NaN; // not begun
    private double _level = double.NegativeInfinity;

    /// <summary>True while nothing is remembered.</summary>
    public bool IsFresh => double.IsNaN(_weight) && double.IsNegativeInfinity(_level);

    [HotPath]
    public void Apply(Span<double> values, Span<float> features)
    {
        if (!double.IsNaN(options.LevelFall)) TakeLevel(values);
        if (_rate > 0) Run(values);
        for (int i = 0; i < values.Length; i++)
        {
            double mean = _rate > 0 ? _sums[i] / _weight : options.Mean[i];
            double scale = options.RunsDeviation ? 1 / Math.Max(Math.Sqrt(Math.Max(_squares[i] / _weight - mean * mean, 0)), LeastDeviation) : options.Scale[i];
            features[i] = (float)((values[i] - mean) * scale);
        }
    }

    public void Reset()
    {
        _weight = double.NaN;
        _level = double.NegativeInfinity;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_level);
        writer.Write(_weight);
        if (double.IsNaN(_weight)) return;
        writer.WriteAll(_sums);
        writer.WriteAll(_squares);
    }

    public void Restore(ref StateReader reader)
    {
        _level = reader.ReadDouble();
        _weight = reader.ReadDouble();
        if (double.IsNaN(_weight)) return;
        reader.ReadAll(_sums);
        reader.ReadAll(_squares);
    }

    private void TakeLevel(Span<double> values)
    {
        _level -= options.LevelFall;
        foreach (double value in values) _level = Math.Max(_level, value);
        foreach (ref double value in values) value -= _level;
    }

    private void Run(ReadOnlySpan<double> values)
    {
        if (double.IsNaN(_weight)) Begin();
        _weight += _rate * (1 - _weight);
        for (int i = 0; i < _sums.Length; i++) _sums[i] += _rate * (values[i] - _sums[i]);
        for (int i = 0; i < _squares.Length; i++) _squares[i] += _rate * (values[i] * values[i] - _squares[i]);
    }

    private void Begin()
    {
        _weight = options.PriorWeight;
        for (int i = 0; i < _sums.Length; i++) _sums[i] = _weight * options.Mean[i];
        for (int i = 0; i < _squares.Length; i++)
        {
            double deviation = 1.0 / options.Scale[i];
            _squares[i] = _weight * ((double)options.Mean[i] * options.Mean[i] + deviation * deviation);
        }
    }
}
