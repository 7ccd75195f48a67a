namespace SeqStream.FrontEnds.Strokes;

public sealed class StrokeSimplifierTests
{
    [Fact]
    public void Corners_stay_and_points_of_a_straight_line_go()
        => Assert.Equal([(0.0, 0.0), (100, 0), (100, 50)], StrokeSimplifier.Simplify([(0, 0), (30, 1), (60, -1), (100, 0), (100, 20), (100, 50)], 2));

    [Fact]
    public void A_closed_line_keeps_the_point_farthest_from_its_ends()
        => Assert.Equal([(0.0, 0.0), (10, 10), (0, 0)], StrokeSimplifier.Simplify([(0, 0), (5, 5), (10, 10), (5, 5), (0, 0)], 2));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Short_strokes_stay_as_they_are(int points) => Assert.Equal(points, StrokeSimplifier.Simplify(new (double, double)[points], 2).Length);

    [Fact]
    public void A_drawing_is_brought_to_the_canvas_and_simplified()
    {
        StrokeOptions options = new(255, 40, false, 3, 0, null);
        Assert.Equal([(0.0, 0.0), (127.5, 255)], StrokeSimplifier.Prepare([[(10, 20), (15, 30)]], options)[0]);
        Assert.Equal([(0.0, 0.0)], StrokeSimplifier.Prepare([[(10, 20)]], options)[0]);
        Assert.Empty(StrokeSimplifier.Prepare([], options));
        Assert.Equal(2, StrokeSimplifier.Prepare([[(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (20, 20)]], options)[0].Length); // steps of pixels
        Assert.Equal(3, StrokeSimplifier.Prepare([[(0, 0), (100, 4), (200, 0)]], options)[0].Length);
    }

    [Fact]
    public void A_long_scribble_is_simplified_without_deep_recursion()
    {
        Random random = new(1);
        (double, double)[] scribble = [.. Enumerable.Range(0, 50_000).Select(i => (i % 255 + random.NextDouble(), (i * 7 % 255) + random.NextDouble()))];
        Assert.InRange(StrokeSimplifier.Simplify(scribble, 2).Length, 2, scribble.Length);
    }
}
