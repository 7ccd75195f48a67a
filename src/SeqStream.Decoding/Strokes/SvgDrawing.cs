using System.Globalization;
using System.Text;

namespace SeqStream.Decoding.Strokes;

/// <summary>Drawings as an SVG picture (W3C, "Scalable Vector Graphics 1.1"), side by side if there are several: given lines grey, lines drawn by a model dark blue. Any thread.</summary>
public static class SvgDrawing
{
    private const double Cell = 256;
    private const double Margin = 16;
    private const int MostColumns = 6;
    private const string GivenColour = "#9a9a9a";
    private const string DrawnColour = "#14336b";

    /// <summary>The picture. Each drawing is scaled down, never up, into a square of 256 units.</summary>
    public static string Of(IReadOnlyList<IReadOnlyList<DrawnStroke>> drawings)
    {
        ArgumentNullException.ThrowIfNull(drawings);
        int columns = Math.Clamp(drawings.Count, 1, MostColumns), rows = Math.Max(1, (drawings.Count + columns - 1) / columns);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{columns * Cell}\" height=\"{rows * Cell}\" viewBox=\"0 0 {columns * Cell} {rows * Cell}\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<g fill=\"none\" stroke-width=\"3.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
        for (int i = 0; i < drawings.Count; i++) Append(svg, drawings[i], i % columns * Cell, i / columns * Cell);
        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, IReadOnlyList<DrawnStroke> drawing, double left, double top)
    {
        (double X, double Y)[] all = [.. drawing.SelectMany(static stroke => stroke.Points)];
        if (all.Length == 0) return;
        (double x0, double y0, double x1, double y1) = (all.Min(static p => p.X), all.Min(static p => p.Y), all.Max(static p => p.X), all.Max(static p => p.Y));
        double scale = Math.Min(1, (Cell - 2 * Margin) / Math.Max(Math.Max(x1 - x0, y1 - y0), 1));
        (double dx, double dy) = (left + Cell / 2 - scale * (x0 + x1) / 2, top + Cell / 2 - scale * (y0 + y1) / 2);
        foreach (DrawnStroke stroke in drawing)
        {
            int given = Math.Min(stroke.Given, stroke.Points.Length);
            (double, double)[] points = [.. stroke.Points.Select(point => (dx + scale * point.X, dy + scale * point.Y))];
            if (given > 0) AppendLine(svg, points.AsSpan(0, given), GivenColour);
            if (given < points.Length) AppendLine(svg, points.AsSpan(Math.Max(0, given - 1)), DrawnColour);
        }
    }

    private static void AppendLine(StringBuilder svg, ReadOnlySpan<(double X, double Y)> points, string colour)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<path stroke=\"{colour}\" d=\"M{points[0].X:0.#} {points[0].Y:0.#}");
        for (int i = 1; i < points.Length; i++) svg.Append(CultureInfo.InvariantCulture, $"L{points[i].X:0.#} {points[i].Y:0.#}");
        svg.Append(points.Length == 1 ? "h0\"/>\n" : "\"/>\n");
    }
}
