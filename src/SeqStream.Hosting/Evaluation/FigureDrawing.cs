using SeqStream.FrontEnds.Poses;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Draws bodies as grey pictures of 48 x 48 pixels: limbs as bars with round ends, nearer ones brighter. The figures of sequences differ in size, place and thickness,
/// by their number. All of it is float32 addition, multiplication, division and square root in the order of <c>tools/train/parts/figures.py</c>, so that the
/// pictures are those that a model learned from, bit for bit.
/// </summary>
internal sealed class FigureDrawing
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 48;

    /// <summary>Frames of joints for one picture.</summary>
    public const int Every = 2;

    private const int Hip = 6, Neck = 2;
    private const double Unit = 9, CentreX = 23.5, CentreY = 22; // pixels: of a torso; where the hip of the first frame is
    private const double Head = 2;                               // times the thickness of the other bones
    private const float Middle = 0.55f, Nearer = 0.2f, Darkest = 0.2f;

    private static readonly (int From, int To)[] s_bones =
    [
        (19, 2), (2, 0), (2, 1), (0, 7), (7, 9), (9, 11), (1, 8), (8, 10), (10, 12), (2, 3), (3, 6), (6, 4), (6, 5), (4, 13), (13, 15), (15, 17), (5, 14), (14, 16), (16, 18), (19, 19),
    ];

    private readonly BodyPlace _place;
    private readonly double _size, _right, _down, _thickness; // factor; pixels; pixels; pixels from the middle of a bone
    private readonly float[] _light = new float[Side * Side]; // [row, column] 0 to 1

    /// <summary>Begins to draw a sequence.</summary>
    /// <param name="number">Its number from 0, which says how its figure looks.</param>
    /// <param name="first">[20, 3] the joints of its first frame as measured.</param>
    public FigureDrawing(int number, ReadOnlySpan<double> first)
    {
        _place = BodyPlace.Of(first, Hip, Neck);
        _size = 0.85 + 0.05 * (number * 29 % 7);
        _right = (number * 37 % 13 - 6) / 2.0;
        _down = (number * 53 % 9 - 4) / 2.0;
        _thickness = 0.8 + 0.1 * (number * 41 % 9);
    }

    /// <summary>The grey levels [48 * 48], from 0 to 255 without fractions, of joints [20, 3] as measured.</summary>
    public float[] Draw(ReadOnlySpan<double> joints)
    {
        double[] body = new double[joints.Length];
        _place.Normalise(joints, body);
        Array.Clear(_light);
        foreach ((int from, int to) in s_bones) DrawBone(PointOf(body, from), PointOf(body, to), (float)(from == to ? _thickness * Head : _thickness) + 0.5f);
        return [.. _light.Select(static light => MathF.Floor((light * 255) + 0.5f))];
    }

    private (float X, float Y, float Z) PointOf(double[] body, int joint)
        => ((float)(CentreX + _right + (Unit * _size * body[3 * joint])), (float)(CentreY + _down - (Unit * _size * body[(3 * joint) + 1])), (float)body[(3 * joint) + 2]);

    private void DrawBone((float X, float Y, float Z) at, (float X, float Y, float Z) end, float half)
    {
        float toX = end.X - at.X, toY = end.Y - at.Y, toZ = end.Z - at.Z;
        float square = MathF.Max((toX * toX) + (toY * toY), 1e-6f);
        for (int row = First(at.Y, end.Y, half); row < Last(at.Y, end.Y, half); row++)
        {
            for (int column = First(at.X, end.X, half); column < Last(at.X, end.X, half); column++)
            {
                float part = Math.Clamp((((column - at.X) * toX) + ((row - at.Y) * toY)) / square, 0, 1);
                float offX = column - (at.X + (part * toX)), offY = row - (at.Y + (part * toY));
                float cover = Math.Clamp(half - MathF.Sqrt((offX * offX) + (offY * offY)), 0, 1);
                float seen = cover * Math.Clamp(Middle - (Nearer * (at.Z + (part * toZ))), Darkest, 1);
                ref float light = ref _light[(row * Side) + column];
                light = MathF.Max(light, seen);
            }
        }
    }

    private static int First(float a, float b, float half) => (int)MathF.Floor(Math.Clamp(MathF.Min(a, b) - half, 0, Side));

    private static int Last(float a, float b, float half) => (int)MathF.Ceiling(Math.Clamp(MathF.Max(a, b) + half, -1, Side - 1)) + 1;
}
