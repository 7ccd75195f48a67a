using System.Collections.Immutable;
using SeqStream.Decoding.Sampling;
using SeqStream.Decoding.Strokes;
using SeqStream.FrontEnds.Strokes;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;
using SeqStream.State;

namespace SeqStream.Hosting.Tests.Generation;

/// <summary>Drawings completed by the bundled model.</summary>
public sealed class SketchGeneratorTests
{
    private static readonly GenerationOptions s_options = new() { Class = "fish", Sampler = new SamplerOptions { Seed = 5, Temperature = 0.3 } };

    [Fact]
    public void The_same_seed_draws_the_same_points_and_another_others()
    {
        using LoadedModel model = WrittenTextTests.Load("sketch");
        Assert.Equal(PointsOf(model, s_options, "[]"), PointsOf(model, s_options, "[]"));
        Assert.NotEqual(PointsOf(model, s_options, "[]"), PointsOf(model, s_options with { Sampler = new SamplerOptions { Seed = 6, Temperature = 0.3 } }, "[]"));
        Assert.NotEqual(PointsOf(model, s_options, "[]"), PointsOf(model, s_options with { Class = "star" }, "[]"));
    }

    [Fact]
    public void Given_strokes_stay_as_they_are_and_an_open_one_goes_on()
    {
        using LoadedModel model = WrittenTextTests.Load("sketch");
        using SketchGenerator closed = new(model, s_options, Prompt(model, "[[[10,200],[10,50]]]")), open = new(model, s_options, Prompt(model, "[[10,10,0],[200,50,0]]"));
        ImmutableArray<DrawnStroke> one = closed.Next(0), other = open.Next(0);
        Assert.Equal([(10.0, 10.0), (200, 50)], one[0].Points);
        Assert.Equal(2, one[0].Given);
        Assert.All(one.Skip(1), static stroke => Assert.Equal(0, stroke.Given));
        Assert.Equal([(10.0, 10.0), (200, 50)], other[0].Points.Take(2));
        Assert.Equal(2, other[0].Given);
        Assert.True(other[0].Points.Length > 2);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[[100,100,1]]")]
    [InlineData("[[[100],[100]]]")]
    [InlineData("[[],[]]")]
    [InlineData("[[[],[]]]")]
    [InlineData("{\"drawing\":[[[0,255],[0,255],[0,7]]]}")]
    [InlineData("[[-255,510,0]]")]
    public void Every_beginning_is_completed(string json)
    {
        using LoadedModel model = WrittenTextTests.Load("sketch");
        if (json == "[[],[]]")
        {
            Assert.Throws<FormatException>(() => Prompt(model, json));
            return;
        }
        Assert.NotEmpty(PointsOf(model, s_options, json));
        Assert.All(PointsOf(model, s_options, json), static point => Assert.True(double.IsFinite(point.X) && double.IsFinite(point.Y)));
    }

    [Theory]
    [InlineData("", "found no JSON")]
    [InlineData("7", "found no list")]
    [InlineData("[[NaN,1,0]]", "found no JSON")]
    [InlineData("[[1e999,1,0]]", "point 1: found 1e999")]
    [InlineData("[[1e7,1,0]]", "point 1: found the coordinate 10000000, expected 0 to 255. Scale the drawing")]
    [InlineData("[[1,2,0],[1,2,5]]", "point 2: found 5 for the pen")]
    [InlineData("[[1]]", "point 1: expected [x, y, pen]")]
    [InlineData("[[[1,2],[1]]]", "stroke 1: expected [[x, ...], [y, ...]] with as many x as y")]
    [InlineData("[[[1],[\"a\"]]]", "stroke 1: found \"a\"")]
    [InlineData("[{}]", "stroke 1: expected")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]", "found no JSON")]
    public void What_is_no_drawing_is_refused_with_its_place(string json, string expected)
    {
        using LoadedModel model = WrittenTextTests.Load("sketch");
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Prompt(model, json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drawing_saved_at_any_place_goes_on_bit_for_bit()
    {
        using LoadedModel model = WrittenTextTests.Load("sketch");
        SketchPrompt prompt = Prompt(model, "[[20,20,0],[200,50,1]]");
        using SketchGenerator first = new(model, s_options, prompt), second = new(model, s_options, prompt);
        List<(double, double, bool)> Rest(SketchGenerator generator)
        {
            List<(double, double, bool)> points = [];
            while (generator.TryNext(out double x, out double y, out bool lifts)) points.Add((x, y, lifts));
            return points;
        }
        first.Begin(0);
        List<(double, double, bool)> whole = Rest(first);
        for (int place = 0; place <= whole.Count; place += 5)
        {
            first.Begin(0);
            for (int i = 0; i < place; i++) first.TryNext(out _, out _, out _);
            byte[] saved = first.Save();
            second.Begin(8);
            second.Restore(saved);
            Assert.Equal(whole.Skip(place), Rest(second));
            Assert.Throws<StateSnapshotException>(() => second.Restore(saved.AsSpan(0, saved.Length - 1)));
        }
    }

    [Fact]
    public void Unknown_classes_and_models_that_do_not_draw_are_refused()
    {
        using LoadedModel model = WrittenTextTests.Load("sketch"), music = WrittenTextTests.Load("music");
        Assert.Contains("no class 'dog'", Assert.Throws<ArgumentException>(() => new SketchGenerator(model, s_options with { Class = "dog" }, SketchPrompt.None)).Message, StringComparison.Ordinal);
        Assert.Contains("does not draw", Assert.Throws<ArgumentException>(() => new SketchGenerator(music, s_options, SketchPrompt.None)).Message, StringComparison.Ordinal);
    }

    private static SketchPrompt Prompt(LoadedModel model, string json) => SketchPrompt.Parse(json, SketchGenerator.StrokesOf(model));

    private static List<(double X, double Y)> PointsOf(LoadedModel model, GenerationOptions options, string json)
    {
        using SketchGenerator generator = new(model, options, Prompt(model, json));
        return [.. generator.Next(0).SelectMany(static stroke => stroke.Points)];
    }
}
