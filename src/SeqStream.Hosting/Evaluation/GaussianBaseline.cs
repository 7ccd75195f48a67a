using SeqStream.Decoding.Strokes;

namespace SeqStream.Hosting.Evaluation;

/// <summary>What points cost that know nothing of those before: one bivariate Gaussian for the offsets and the shares of the pen's states, fitted to the points themselves.</summary>
internal sealed class GaussianBaseline
{
    private readonly long[] _pens = new long[3];
    private double _x, _y, _xx, _yy, _xy;

    /// <summary>Points with an offset.</summary>
    public long Points => _pens[0] + _pens[1];

    /// <summary>States of the pen, ends included.</summary>
    public long States => _pens.Sum();

    /// <summary>Mean negative log-likelihood of an offset in nats: 1 + ln 2 pi + ln det(S) / 2 for the fitted covariance S. NaN without points.</summary>
    public double OffsetNats
    {
        get
        {
            double n = Points, x = _x / n, y = _y / n;
            double determinant = (_xx / n - x * x) * (_yy / n - y * y) - Math.Pow(_xy / n - x * y, 2);
            return 1 + Math.Log(2 * Math.PI) + Math.Log(determinant) / 2;
        }
    }

    /// <summary>Mean negative log-likelihood of a state of the pen in nats.</summary>
    public double PenNats => -_pens.Where(static count => count > 0).Sum(count => count * Math.Log((double)count / States)) / States;

    /// <summary>Counts a point.</summary>
    public void Add(double x, double y, PenState pen)
    {
        _pens[(int)pen]++;
        if (pen == PenState.Ends) return;
        _x += x;
        _y += y;
        _xx += x * x;
        _yy += y * y;
        _xy += x * y;
    }
}
