namespace SeqStream.Hosting.Verification;

/// <summary>Collects what one value's numbers differ by.</summary>
internal sealed class Comparison(string value, string node, string @operator, VerificationOptions options)
{
    private long _compared, _differences;
    private double _greatest, _sum;
    private WireDifference? _first;

    /// <summary>Compares one number.</summary>
    public void Add(int stream, long frame, double expected, double found, bool isExact)
    {
        _compared++;
        if (expected.Equals(found)) return;
        double distance = Math.Abs(expected - found);
        if (double.IsNaN(distance)) distance = double.PositiveInfinity;
        _greatest = Math.Max(_greatest, distance);
        _sum += distance;
        bool isNear = !isExact && (distance <= options.AbsoluteTolerance || distance <= options.RelativeTolerance * Math.Abs(expected));
        if (isNear) return;
        _differences++;
        _first ??= new WireDifference(stream, frame, expected, found, IsLength: false);
    }

    /// <summary>Notes that a length was predicted wrongly.</summary>
    public void AddLength(int stream, long expected, long predicted)
    {
        _differences++;
        _first ??= new WireDifference(stream, -1, expected, predicted, IsLength: true);
    }

    public WireDeviation Result => new(value, node, @operator) { Compared = _compared, Differences = _differences, Greatest = _greatest, Mean = _compared == 0 ? 0 : _sum / _compared, First = _first };
}
