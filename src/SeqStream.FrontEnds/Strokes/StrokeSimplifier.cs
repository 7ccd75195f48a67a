using System.Collections.Immutable;

namespace SeqStream.FrontEnds.Strokes;

/// <summary>Fewer points for the same line, and drawings brought to one size. Any thread.</summary>
public static class StrokeSimplifier
{
    private const double OwnTolerance = 1.25; // units of a drawing's own coordinates

    /// <summary>
    /// The points of a stroke that keep the line within a tolerance, its ends always (Ramer 1972; Douglas and Peucker 1973).
    /// Takes time in proportion to the points for each level of halving, at worst to their square.
    /// </summary>
    public static ImmutableArray<(double X, double Y)> Simplify(ReadOnlySpan<(double X, double Y)> stroke, double tolerance)
    {
        if (stroke.Length <= 2) return [.. stroke];
        bool[] isKept = new bool[stroke.Length];
        isKept[0] = isKept[^1] = true;
        Stack<(int From, int To)> spans = new([(0, stroke.Length - 1)]);
        while (spans.TryPop(out (int From, int To) span))
        {
            (int farthest, double distance) = Farthest(stroke, span.From, span.To);
            if (farthest < 0 || distance <= tolerance) continue;
            isKept[farthest] = true;
            spans.Push((span.From, farthest));
            spans.Push((farthest, span.To));
        }
        ImmutableArray<(double, double)>.Builder kept = ImmutableArray.CreateBuilder<(double, double)>();
        for (int i = 0; i < stroke.Length; i++)
        {
            if (isKept[i]) kept.Add(stroke[i]);
        }
        return kept.ToImmutable();
    }

    /// <summary>
    /// A whole drawing as models are trained on them: moved and scaled so that the corner of its box is (0, 0) and its longer side the canvas (one without extent is only moved), then
    /// simplified by the tolerance, or by 1.25 units of its own coordinates if that is more, so that a small drawing loses the steps of its pixels.
    /// </summary>
    public static ImmutableArray<ImmutableArray<(double X, double Y)>> Prepare(ImmutableArray<ImmutableArray<(double X, double Y)>> drawing, StrokeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (double X, double Y)[] points = [.. drawing.SelectMany(static stroke => stroke)];
        if (points.Length == 0) return [];
        double left = points.Min(static point => point.X), top = points.Min(static point => point.Y);
        double side = Math.Max(points.Max(static point => point.X) - left, points.Max(static point => point.Y) - top);
        double scale = side > 0 ? options.Canvas / side : 1;
        double tolerance = side > 0 ? Math.Max(options.Tolerance, OwnTolerance * scale) : options.Tolerance;
        return [.. drawing.Select(stroke => Simplify([.. stroke.Select(point => ((point.X - left) * scale, (point.Y - top) * scale))], tolerance))];
    }

    private static (int Index, double Distance) Farthest(ReadOnlySpan<(double X, double Y)> stroke, int from, int to)
    {
        (double x, double y) = (stroke[to].X - stroke[from].X, stroke[to].Y - stroke[from].Y);
        double length = Math.Sqrt(x * x + y * y);
        int farthest = -1;
        double greatest = -1;
        for (int i = from + 1; i < to; i++)
        {
            (double u, double v) = (stroke[i].X - stroke[from].X, stroke[i].Y - stroke[from].Y);
            double distance = length > 0 ? Math.Abs(x * v - y * u) / length : Math.Sqrt(u * u + v * v);
            if (distance > greatest) (farthest, greatest) = (i, distance);
        }
        return (farthest, greatest);
    }
}
