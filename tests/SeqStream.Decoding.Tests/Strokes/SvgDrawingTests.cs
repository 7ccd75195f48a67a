using System.Xml.Linq;

namespace SeqStream.Decoding.Strokes;

public sealed class SvgDrawingTests
{
    [Fact]
    public void Given_and_drawn_parts_of_a_stroke_have_their_colours_and_meet()
    {
        XElement svg = XElement.Parse(SvgDrawing.Of([[new DrawnStroke([(0, 0), (100, 0), (100, 100)], 2), new DrawnStroke([(50, 50)], 0)]]));
        string[] paths = [.. svg.Descendants().Where(static e => e.Name.LocalName == "path").Select(static e => $"{e.Attribute("stroke")!.Value} {e.Attribute("d")!.Value}")];
        Assert.Equal(["#9a9a9a M78 78L178 78", "#14336b M178 78L178 178", "#14336b M128 128h0"], paths);
    }

    [Fact]
    public void Drawings_without_strokes_and_huge_ones_make_a_picture()
    {
        XElement svg = XElement.Parse(SvgDrawing.Of([[], [new DrawnStroke([(-1e9, 0), (1e9, 5)], 0)]]));
        Assert.Equal("512", svg.Attribute("width")!.Value);
        Assert.Contains("L496 128", svg.Descendants().Single(static e => e.Name.LocalName == "path").Attribute("d")!.Value, StringComparison.Ordinal);
    }
}
