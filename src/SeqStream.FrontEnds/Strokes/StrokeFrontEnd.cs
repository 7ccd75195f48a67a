using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Strokes;

/// <summary>
/// A drawing point by point: a step for the start mark, then one for each point, so that n points make n + 1 steps and the answer to the last is where the pen goes next.
/// A frame is a row of three numbers: x, y (or dx, dy, as the card says) and 1 if the pen lifts after the point, else 0. A frame of text before the first point names what is drawn, or each row comes with its number.
/// The first offset counts from the middle of the canvas. Follows the data format of Ha and Eck, "A neural representation of sketch drawings" (2017).
/// </summary>
/// <param name="options">The canvas, the scale and the classes.</param>
public sealed class StrokeFrontEnd(StrokeOptions options) : IFrontEnd
{
    private const int RowNumbers = 3;
    private const float FarthestInCanvases = 10;
    private bool _isStartDue;
    private bool _isPointDue;
    private bool _hasStarted;
    private int _class;
    private PenTrack _pen = PenTrack.At(options.Canvas); // as of the last step
    private float _dx, _dy;       // offset of the point that waits for its step
    private bool _lifts;          // its pen
    private double _time = double.NaN;

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content != FrameContent.Values) return AcceptClass(payload.Text, time);
        if (!TryFind(payload, options.Port, out PayloadSegment segment) || segment.Count != RowNumbers) return WrongWidth(segment.Count);
        int kind = _hasStarted ? _class : 0;
        if (options.Class is not null && TryFind(payload, options.Class.Port, out PayloadSegment named))
        {
            long found = named is { IsInteger: true, Count: 1 } ? payload.Integers(named)[0] : -1;
            if (found < 0 || found >= options.Class.Names.Length || (_hasStarted && found != _class)) return WrongClass(found);
            kind = (int)found;
        }
        float x, y, pen;
        if (segment.IsInteger)
        {
            ReadOnlySpan<long> row = payload.Integers(segment);
            (x, y, pen) = (row[0], row[1], row[2]);
        }
        else
        {
            ReadOnlySpan<float> row = payload.Values(segment);
            (x, y, pen) = (row[0], row[1], row[2]);
        }
        (float fromX, float fromY) = _hasStarted ? _pen.Place : (options.Canvas / 2, options.Canvas / 2);
        float dx = options.AreOffsets ? x : x - fromX, dy = options.AreOffsets ? y : y - fromY;
        if (!float.IsFinite(x) || !float.IsFinite(y)) return NotFinite(x, y);
        if (Math.Max(Math.Abs(dx), Math.Abs(dy)) > FarthestInCanvases * options.Canvas) return TooFar(x, y);
        if (pen is not (0 or 1)) return NoPen(pen);
        Begin();
        _class = kind;
        (_dx, _dy) = (dx, dy);
        _lifts = pen == 1;
        _isPointDue = true;
        _time = time;
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isStartDue && !_isPointDue) return false;
        Span<float> point = inputs.Floats(options.Port);
        if (_isStartDue) PenTrack.WriteStart(point);
        else _pen.Write(options, _dx, _dy, _lifts, point);
        if (options.Class is not null) inputs.Integers(options.Class.Port)[0] = _class;
        if (_isStartDue) _isStartDue = false;
        else _isPointDue = false;
        note.Time = _time;
        note.Text = default;
        note.IsWarmUp = false;
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        _hasStarted = false;
        _class = 0;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _hasStarted = _isStartDue = _isPointDue = _lifts = false;
        _class = 0;
        _pen = PenTrack.At(options.Canvas);
        (_dx, _dy, _time) = (0, 0, double.NaN);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_hasStarted);
        writer.Write(_isStartDue);
        writer.Write(_isPointDue);
        writer.Write(_lifts);
        writer.Write(_class);
        writer.Write(_time);
        _pen.Save(writer);
        writer.WriteAll([_dx, _dy]);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        _hasStarted = reader.ReadBool();
        _isStartDue = reader.ReadBool();
        _isPointDue = reader.ReadBool();
        _lifts = reader.ReadBool();
        _class = reader.ReadInt(0, (options.Class?.Names.Length ?? 1) - 1);
        _time = reader.ReadDouble();
        _pen.Restore(ref reader);
        (_dx, _dy) = (BitConverter.Int32BitsToSingle(reader.ReadInt()), BitConverter.Int32BitsToSingle(reader.ReadInt()));
    }

    private FrameVerdict AcceptClass(ReadOnlySpan<byte> utf8, double time)
    {
        string name = Encoding.UTF8.GetString(utf8).Trim();
        if (options.Class is null) return FrameVerdict.Refused("found text, but the model knows one kind of drawing only. Send rows of numbers: {\"x\":[120,80,0]}.");
        int id = options.Class.Names.IndexOf(name);
        if (id < 0) return FrameVerdict.Refused($"found the text '{(name.Length <= 40 ? name : name[..40] + "...")}', expected what is drawn, one of: {string.Join(", ", options.Class.Names)}.");
        if (_hasStarted) return FrameVerdict.Refused($"found the text '{name}' after the drawing had begun; what is drawn is said before its first point. End the stream first: {{\"control\":\"end\"}}.");
        Begin();
        _class = id;
        _time = time;
        return FrameVerdict.Accepted;
    }

    private void Begin()
    {
        if (_hasStarted) return;
        _hasStarted = _isStartDue = true;
        _pen = PenTrack.At(options.Canvas);
    }

    /// <summary>The values meant for an input.</summary>
    private static bool TryFind(FramePayload payload, int port, out PayloadSegment segment)
    {
        for (int i = 0; i < payload.SegmentCount; i++)
        {
            segment = payload.Segment(i);
            if (segment.Port == port) return true;
        }
        segment = default;
        return false;
    }

    private FrameVerdict WrongClass(long found)
        => FrameVerdict.Refused(FormattableString.Invariant($"found the class {found}, expected {(_hasStarted ? FormattableString.Invariant($"{_class} until the drawing ends") : FormattableString.Invariant($"0 to {options.Class!.Names.Length - 1}"))}: {string.Join(", ", options.Class!.Names)}."));

    private FrameVerdict WrongWidth(int found)
        => FrameVerdict.Refused(FormattableString.Invariant($"found {found} numbers, expected 3: {(options.AreOffsets ? "dx, dy" : "x, y")} and 1 if the pen lifts after the point, else 0."));

    private static FrameVerdict NotFinite(float x, float y) => FrameVerdict.Refused(FormattableString.Invariant($"found the point ({x}, {y}), expected finite numbers."));

    private static FrameVerdict NoPen(float pen) => FrameVerdict.Refused(FormattableString.Invariant($"found {pen} for the pen, expected 1 if it lifts after the point, else 0."));

    private FrameVerdict TooFar(float x, float y)
        => FrameVerdict.Refused(FormattableString.Invariant($"found ({x}, {y}), which is more than {FarthestInCanvases} canvases of {options.Canvas} away from the point before. Scale the drawing so that its longer side is {options.Canvas}."));
}
