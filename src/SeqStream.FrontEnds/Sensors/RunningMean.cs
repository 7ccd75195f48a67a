using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Sensors;

/// <summary>Exponential mean of several channels that is exact from the first value on: sum of a (1-a)^k x[t-k] over the sum of its weights.</summary>
/// <param name="channels">Numbers of a frame.</param>
/// <param name="halfLife">Steps after which a value counts half.</param>
internal sealed class RunningMean(int channels, double halfLife)
{
    private readonly double _rate = 1 - Math.Pow(0.5, 1 / halfLife);
    private readonly double[] _sums = new double[channels];
    private double _weight;

    public double this[int channel] => _sums[channel] / _weight;

    [HotPath]
    public void Add(ReadOnlySpan<double> values)
    {
        _weight += _rate * (1 - _weight);
        for (int i = 0; i < _sums.Length; i++) _sums[i] += _rate * (values[i] - _sums[i]);
    }

    [HotPath]
    public void Write(Span<float> means)
    {
        for (int i = 0; i < _sums.Length; i++) means[i] = (float)this[i];
    }

    public void Reset()
    {
        Array.Clear(_sums);
        _weight = 0;
    }

    public void Save(StateWriter writer)
    {
        writer.WriteAll(_sums);
        writer.Write(_weight);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_sums);
        _weight = reader.ReadDouble();
    }
}
