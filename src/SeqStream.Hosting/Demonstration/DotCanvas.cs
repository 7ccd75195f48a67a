using System.Collections.Immutable;
using System.Text;

namespace SeqStream.Hosting.Demonstration;

/// <summary>Lines drawn with the eight dots of Braille characters, for terminals.</summary>
internal sealed class DotCanvas(int columns, int rows)
{
    private const int DotsAcross = 2, DotsDown = 4, FirstBraille = 0x2800;

    // [row, column] of a character's dots, in Unicode's numbering
    private static readonly byte[,] s_dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
    private readonly byte[,] _characters = new byte[rows, columns];

    /// <summary>Draws strokes as large as they fit, their proportions kept.</summary>
    public void Draw(IReadOnlyList<ImmutableArray<(double X, double Y)>> strokes)
    {
        (double X, double Y)[] all = [.. strokes.SelectMany(static stroke => stroke)];
        if (all.Length == 0) return;
        double left = all.Min(static point => point.X), top = all.Min(static point => point.Y);
        double wide = Math.Max(1e-6, all.Max(static point => point.X) - left), high = Math.Max(1e-6, all.Max(static point => point.Y) - top);
        double size = Math.Min((columns * DotsAcross - 1) / wide, (rows * DotsDown - 1) / high);
        foreach (ImmutableArray<(double X, double Y)> stroke in strokes)
        {
            for (int i = 0; i < stroke.Length; i++) Line(At(stroke[Math.Max(0, i - 1)]), At(stroke[i]));
        }

        (double X, double Y) At((double X, double Y) point) => ((point.X - left) * size, (point.Y - top) * size);
    }

    /// <summary>The picture, a text for each row.</summary>
    public IEnumerable<string> Rows()
    {
        for (int row = 0; row < rows; row++)
        {
            StringBuilder line = new();
            for (int column = 0; column < columns; column++) line.Append((char)(FirstBraille + _characters[row, column]));
            yield return line.ToString();
        }
    }

    private void Line((double X, double Y) from, (double X, double Y) to)
    {
        int steps = Math.Max(1, (int)Math.Ceiling(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y))));
        for (int step = 0; step <= steps; step++)
        {
            int x = (int)Math.Round(from.X + (to.X - from.X) * step / steps), y = (int)Math.Round(from.Y + (to.Y - from.Y) * step / steps);
            _characters[y / DotsDown, x / DotsAcross] |= s_dots[y % DotsDown, x % DotsAcross];
        }
    }
}
