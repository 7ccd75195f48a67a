using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Poses;

/// <summary>
/// Joints of a body to features, one step per frame in which a body is seen: every joint from the hip, the hip from where it was first, both in lengths of the torso
/// as it was first, and how both changed over some frames. A frame has x, y, z of every joint, or x, y, z and a confidence, which is not used.
/// A joint at exactly 0, 0, 0 is missing: it stays where it was last, or at the hip if it was never seen. A frame without any joint, and frames before hip and neck
/// were seen, give no step. Frames of the wrong width, with numbers that are not finite, or with the neck at the hip at first are refused.
/// </summary>
public sealed class SkeletonFrontEnd : RowFrontEnd
{
    private const double Greatest = 1e6;
    private const double LeastTorso = 1e-6;

    private readonly SkeletonOptions _options;
    private readonly double[] _joints;  // [joint, 3] as measured, each as it was last seen
    private readonly bool[] _isSeen;    // [joint]
    private readonly double[] _body;    // [joint, 3] normalised
    private readonly double[][] _poses; // [frame back, pose] the newest first
    private BodyPlace _place;
    private bool _isAny; // whether a joint was seen
    private bool _isPlaced;

    /// <summary>Creates the front end of one stream.</summary>
    public SkeletonFrontEnd(SkeletonOptions options) : base(PortOf(options), options.Features)
    {
        _options = options;
        _joints = new double[options.Channels];
        _isSeen = new bool[options.Joints];
        _body = new double[options.Channels];
        _poses = [.. Enumerable.Range(0, 1 + options.Back.DefaultIfEmpty(0).Max()).Select(_ => new double[options.PoseNumbers])];
    }

    /// <inheritdoc/>
    private protected override bool HasMemory => _isAny;

    /// <inheritdoc/>
    private protected override string Expected => string.Create(CultureInfo.InvariantCulture,
        $"expected {_options.Channels} numbers (x, y, z of each of {_options.Joints} joints) or {4 * _options.Joints} with a confidence behind each joint. Send the joints in the card's order.");

    /// <inheritdoc/>
    [HotPath]
    private protected override string? Take(ReadOnlySpan<float> row, ref double time, out bool isStep)
    {
        isStep = false;
        string? problem = Check(row);
        if (problem is not null || !See(row)) return problem;
        _isAny = true;
        if (!_isPlaced)
        {
            if (!_isSeen[_options.Hip] || !_isSeen[_options.Neck]) return null;
            _place = BodyPlace.Of(_joints, _options.Hip, _options.Neck);
        }
        Update();
        isStep = true;
        return null;
    }

    /// <inheritdoc/>
    private protected override void Forget()
    {
        Array.Clear(_isSeen);
        Array.Clear(_joints);
        _isAny = _isPlaced = false;
    }

    /// <inheritdoc/>
    private protected override void SaveMemory(StateWriter writer)
    {
        writer.Write(_isAny);
        if (!_isAny) return;
        foreach (bool isSeen in _isSeen) writer.Write(isSeen);
        writer.WriteAll(_joints);
        writer.Write(_isPlaced);
        if (!_isPlaced) return;
        writer.WriteAll([_place.X, _place.Y, _place.Z, _place.Torso]);
        foreach (double[] pose in _poses) writer.WriteAll(pose);
    }

    /// <inheritdoc/>
    private protected override void RestoreMemory(ref StateReader reader)
    {
        _isAny = reader.ReadBool();
        if (!_isAny) return;
        for (int i = 0; i < _isSeen.Length; i++) _isSeen[i] = reader.ReadBool();
        reader.ReadAll(_joints);
        _isPlaced = reader.ReadBool();
        if (!_isPlaced) return;
        _place = new BodyPlace(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        foreach (double[] pose in _poses) reader.ReadAll(pose);
    }

    private static int PortOf(SkeletonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Port;
    }

    private string? Check(ReadOnlySpan<float> row)
    {
        int width = row.Length / _options.Joints;
        if (width is not (3 or 4) || row.Length != width * _options.Joints) return WrongContent(string.Create(CultureInfo.InvariantCulture, $"{row.Length} numbers"));
        for (int i = 0; i < row.Length; i++)
        {
            if (!(Math.Abs(row[i]) <= Greatest)) return OutOfRange(i / width, row[i]);
        }
        return _isPlaced ? null : CheckTorso(row, width);
    }

    /// <summary>A body that is placed by this frame needs a torso of some length.</summary>
    private string? CheckTorso(ReadOnlySpan<float> row, int width)
    {
        double length = 0;
        bool hasHip = _isSeen[_options.Hip] || IsThere(row, width, _options.Hip), hasNeck = _isSeen[_options.Neck] || IsThere(row, width, _options.Neck);
        if (!hasHip || !hasNeck) return null;
        for (int i = 0; i < 3; i++)
        {
            double hip = IsThere(row, width, _options.Hip) ? row[(width * _options.Hip) + i] : _joints[(3 * _options.Hip) + i];
            double neck = IsThere(row, width, _options.Neck) ? row[(width * _options.Neck) + i] : _joints[(3 * _options.Neck) + i];
            length = Math.Max(length, Math.Abs(neck - hip));
        }
        return length >= LeastTorso ? null : NoTorso();
    }

    private static bool IsThere(ReadOnlySpan<float> row, int width, int joint) => row[width * joint] != 0 || row[(width * joint) + 1] != 0 || row[(width * joint) + 2] != 0;

    /// <summary>Takes the joints that are there; false if none is.</summary>
    private bool See(ReadOnlySpan<float> row)
    {
        int width = row.Length / _options.Joints;
        bool isAny = false;
        for (int joint = 0; joint < _isSeen.Length; joint++)
        {
            if (!IsThere(row, width, joint)) continue;
            for (int i = 0; i < 3; i++) _joints[(3 * joint) + i] = row[(width * joint) + i];
            _isSeen[joint] = isAny = true;
        }
        return isAny;
    }

    private void Update()
    {
        _place.Normalise(_joints, _body);
        double[] pose = _poses[^1];
        for (int i = _poses.Length - 1; i > 0; i--) _poses[i] = _poses[i - 1];
        _poses[0] = pose;
        for (int i = 0; i < _body.Length; i++) pose[i] = _isSeen[i / 3] ? _body[i] - _body[(3 * _options.Hip) + (i % 3)] : 0;
        _body.AsSpan(3 * _options.Hip, 3).CopyTo(pose.AsSpan(_body.Length));
        if (!_isPlaced)
        {
            for (int i = 1; i < _poses.Length; i++) pose.CopyTo(_poses[i], 0);
            _isPlaced = true;
        }
        for (int i = 0; i < pose.Length; i++) Features[i] = (float)(pose[i] * _options.Gains[i < _body.Length ? 0 : 1]);
        for (int k = 0; k < _options.Back.Length; k++)
        {
            double[] earlier = _poses[_options.Back[k]];
            Span<float> change = Features.Slice((1 + k) * pose.Length, pose.Length);
            for (int i = 0; i < pose.Length; i++) change[i] = (float)((pose[i] - earlier[i]) * _options.Gains[2 + k]);
        }
    }

    private static string OutOfRange(int joint, float found) => string.Create(CultureInfo.InvariantCulture,
        $"found {found} in joint {joint}, expected a number between {-Greatest:G} and {Greatest:G}. Send 0, 0, 0 for a joint that was not seen.");

    private string NoTorso() => string.Create(CultureInfo.InvariantCulture,
        $"the neck (joint {_options.Neck}) lies at the hip (joint {_options.Hip}), so the body has no size. Expected two places; send 0, 0, 0 for joints that were not seen.");
}
