using SeqStream.Hosting.Demonstration;

namespace SeqStream.Hosting.Tests.Demonstration;

/// <summary>Strokes become Braille dots where they should.</summary>
public sealed class DotCanvasTests
{
    [Fact]
    public void Diagonal_fills_the_diagonal_dots()
    {
        DotCanvas canvas = new(columns: 2, rows: 1);
        canvas.Draw([[(0, 0), (3, 3)]]);

        Assert.Equal(["\u2811\u2884"], canvas.Rows());
    }

    [Fact]
    public void Nothing_and_a_single_point_are_drawn()
    {
        DotCanvas empty = new(1, 1), point = new(1, 1);
        empty.Draw([]);
        point.Draw([[(7, 7)]]);

        Assert.Equal(["\u2800"], empty.Rows());
        Assert.Equal(["\u2801"], point.Rows());
    }
}
