using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Strokes;

public sealed class StrokeFrontEndTests : IDisposable
{
    private const string Card = """{"type":"strokes","scale":10,"canvas":100,"class":{"names":["cat","fish"]}}""";
    private readonly Inputs _inputs = new(Inputs.Floats("points", 9), Inputs.Integers("class", 1));

    public void Dispose() => _inputs.Dispose();

    [Fact]
    public void Points_become_scaled_offsets_from_the_middle_after_a_start_step()
        => Assert.Equal(["0 0 1 0 0 0 0 0 0 cat", "-4 1 1 0 0 -0.8 0.2 0 0 cat", "2 -1 0 1 0 -0.4 0 0.4 -0.2 cat", "1 2 1 0 0 -0.2 0.4 0 0 cat"],
            Drain(_inputs.Create(Card), Inputs.Values(10, 60, 0), Inputs.Values(30, 50, 1), Inputs.Values(40, 70, 0)));

    [Fact]
    public void Offsets_are_taken_as_they_are()
        => Assert.Equal(["0 0 1 0 0 0 0 0 0 cat", "1 6 1 0 0 0.2 1.2 0 0 cat", "3 5 0 1 0 0.8 2.2 0.6 1 cat"], Drain(_inputs.Create(Card.Replace("\"scale\"", "\"rows\":\"offsets\",\"scale\"", StringComparison.Ordinal)), Inputs.Values(10, 60, 0), Inputs.Values(30, 50, 1)));

    [Fact]
    public void Text_before_the_first_point_names_what_is_drawn_until_the_end()
    {
        IFrontEnd frontEnd = _inputs.Create(Card);
        Assert.Equal(["0 0 1 0 0 0 0 0 0 fish", "0 0 1 0 0 0 0 0 0 fish"], Drain(frontEnd, Inputs.Text("fish"), Inputs.Values(50, 50, 0)));
        Assert.Contains("after the drawing had begun", frontEnd.Accept(Inputs.Text("cat"), 0).Problem, StringComparison.Ordinal);
        frontEnd.End();
        Assert.Equal(["0 0 1 0 0 0 0 0 0 cat", "0 0 0 1 0 0 0 0 0 cat"], Drain(frontEnd, Inputs.Values(50, 50, 1)));
    }

    [Theory]
    [InlineData(float.NaN, 0, 0, "finite")]
    [InlineData(0, float.PositiveInfinity, 0, "finite")]
    [InlineData(1e7f, 0, 0, "Scale the drawing so that its longer side is 100")]
    [InlineData(0, -3.4e38f, 0, "Scale the drawing")]
    [InlineData(0, 0, 2, "found 2 for the pen")]
    [InlineData(0, 0, float.NaN, "for the pen")]
    public void A_bad_point_is_refused_and_leaves_no_trace(float x, float y, float pen, string expected)
    {
        IFrontEnd frontEnd = _inputs.Create(Card);
        Assert.Contains(expected, frontEnd.Accept(Inputs.Values(x, y, pen), 0).Problem, StringComparison.Ordinal);
        Assert.Equal(["0 0 1 0 0 0 0 0 0 cat", "0 0 0 1 0 0 0 0 0 cat"], Drain(frontEnd, Inputs.Values(50, 50, 1)));
    }

    [Fact]
    public void A_row_may_come_with_the_number_of_what_is_drawn()
    {
        IFrontEnd frontEnd = _inputs.Create(Card);
        Assert.Equal(["0 0 1 0 0 0 0 0 0 fish", "0 0 1 0 0 0 0 0 0 fish"], Drain(frontEnd, Row(1)));
        Assert.Contains("found the class 0, expected 1 until the drawing ends", frontEnd.Accept(Row(0), 0).Problem, StringComparison.Ordinal);
        frontEnd.End();
        Assert.Contains("found the class 2, expected 0 to 1: cat, fish", frontEnd.Accept(Row(2), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_another_width_and_an_unknown_class_are_refused()
    {
        IFrontEnd frontEnd = _inputs.Create(Card);
        Assert.Contains("found 2 numbers, expected 3: x, y and 1 if the pen lifts", frontEnd.Accept(Inputs.Values(1, 2), 0).Problem, StringComparison.Ordinal);
        Assert.Contains("found the text 'dog', expected what is drawn, one of: cat, fish", frontEnd.Accept(Inputs.Text("dog"), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_allocate_nothing_after_warm_up()
    {
        IFrontEnd frontEnd = _inputs.Create(Card);
        FramePayload payload = Inputs.Values(10, 60, 0);
        StepNote note = default;
        Run();
        Assert.Equal(0, Allocation.Of(Run));

        void Run()
        {
            for (int round = 0; round < 100; round++)
            {
                frontEnd.Accept(payload, 0);
                while (frontEnd.TryNext(_inputs.Next, ref note)) { }
            }
        }
    }

    private static FramePayload Row(long kind)
    {
        FramePayload payload = Inputs.Values(50, 50, 0);
        payload.BeginSegment(1, isInteger: true);
        payload.Add(kind);
        return payload;
    }

    private List<string> Drain(IFrontEnd frontEnd, params FramePayload[] frames)
    {
        List<string> steps = [];
        StepNote note = default;
        foreach (FramePayload frame in frames)
        {
            Assert.True(frontEnd.Accept(frame, 0).IsAccepted);
            while (frontEnd.TryNext(_inputs.Next, ref note)) steps.Add($"{string.Join(' ', _inputs.Next.Floats(0).ToArray().Select(static value => FormattableString.Invariant($"{Math.Round(value, 5) + 0.0:0.#####}")))} {(_inputs.Next.Integers(1)[0] == 0 ? "cat" : "fish")}");
        }
        return steps;
    }
}
