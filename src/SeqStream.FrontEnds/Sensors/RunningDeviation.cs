using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Sensors;

/// <summary>Standard deviation of several channels under the weights of <see cref="RunningMean"/>: the root of the mean square less the squared mean.</summary>
/// <param name="channels">Numbers of a frame.</param>
/// <param name="halfLife">Steps after which a value counts half.</param>
internal sealed class RunningDeviation(int channels, double halfLife)
{
    private readonly RunningMean _mean = new(channels, halfLife);
    private readonly RunningMean _square = new(channels, halfLife);
    private readonly double[] _squares = new double[channels];

    [HotPath]
    public void Add(ReadOnlySpan<double> values)
    {
        for (int i = 0; i < _squares.Length; i++) _squares[i] = values[i] * values[i];
        _mean.Add(values);
        _square.Add(_squares);
    }

    [HotPath]
    public void Write(Span<float> deviations)
    {
        for (int i = 0; i < _squares.Length; i++)
        {
            double mean = _mean[i];
            deviations[i] = (float)Math.Sqrt(Math.Max(0, _square[i] - mean * mean));
        }
    }

    public void Reset()
    {
        _mean.Reset();
        _square.Reset();
    }

    public void Save(StateWriter writer)
    {
        _mean.Save(writer);
        _square.Save(writer);
    }

    public void Restore(ref StateReader reader)
    {
        _mean.Restore(ref reader);
        _square.Restore(ref reader);
    }
}
