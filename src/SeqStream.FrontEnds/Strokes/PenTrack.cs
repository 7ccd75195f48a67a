using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Strokes;

/// <summary>
/// Where the pen is, and the nine numbers a model is told of a point: its offset from the one before (divided by the scale), three marks of the pen (goes on, lifts, ended), its place from
/// the canvas's middle and its place from the stroke's first point (both in half canvases). One thread at a time.
/// </summary>
public struct PenTrack
{
    /// <summary>Numbers of a point.</summary>
    public const int PointNumbers = 9;

    private float _x, _y;            // the pen
    private float _firstX, _firstY;  // first point of the stroke it draws
    private bool _isDown;

    /// <summary>Where the pen is.</summary>
    public readonly (float X, float Y) Place => (_x, _y);

    /// <summary>A drawing begins in the middle of the canvas.</summary>
    public static PenTrack At(float canvas) => new() { _x = canvas / 2, _y = canvas / 2 };

    /// <summary>Writes the start mark, which comes before the first point.</summary>
    /// <param name="point">[9], written.</param>
    [HotPath]
    public static void WriteStart(Span<float> point)
    {
        point.Clear();
        point[2] = 1;
    }

    /// <summary>Moves the pen and writes the point.</summary>
    /// <param name="options">The canvas and the scale.</param>
    /// <param name="dx">How far right.</param>
    /// <param name="dy">How far down.</param>
    /// <param name="lifts">True if the pen lifts after the point.</param>
    /// <param name="point">[9], written.</param>
    [HotPath]
    public void Write(StrokeOptions options, float dx, float dy, bool lifts, Span<float> point)
    {
        (_x, _y) = (_x + dx, _y + dy);
        if (!_isDown) (_firstX, _firstY) = (_x, _y);
        _isDown = !lifts;
        float half = options.Canvas / 2;
        point[0] = dx / options.Scale;
        point[1] = dy / options.Scale;
        point[2] = lifts ? 0 : 1;
        point[3] = lifts ? 1 : 0;
        point[4] = 0;
        point[5] = _x / half - 1;
        point[6] = _y / half - 1;
        point[7] = (_x - _firstX) / half;
        point[8] = (_y - _firstY) / half;
    }

    /// <summary>Writes everything that is remembered.</summary>
    public readonly void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_isDown);
        writer.WriteAll([_x, _y, _firstX, _firstY]);
    }

    /// <summary>Goes on from where <see cref="Save"/> was called.</summary>
    /// <exception cref="StateSnapshotException">The bytes end early.</exception>
    public void Restore(ref StateReader reader)
    {
        _isDown = reader.ReadBool();
        (_x, _y, _firstX, _firstY) = (ReadFloat(ref reader), ReadFloat(ref reader), ReadFloat(ref reader), ReadFloat(ref reader));
    }

    private static float ReadFloat(ref StateReader reader) => BitConverter.Int32BitsToSingle(reader.ReadInt());
}
