using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Books;

public sealed class OrderBookFrontEndTests : IDisposable
{
    private const int Features = 30, Plain = 27;
    private readonly Inputs _inputs = new(Inputs.Floats("x", Features));
    private readonly IFrontEnd _frontEnd;

    public OrderBookFrontEndTests() => _frontEnd = Create(limit: 1000);

    [Fact]
    public void First_event_has_no_gap_no_flow_and_no_move()
    {
        float[] x = Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);

        Near(0, x[0]);
        Near(0, x[1]);
        Near(Math.Log(1 + 4), x[2]);
        Near(-0.5, x[3]);
        Near(-2, x[4]);
        Near(Math.Log(2), x[5]);
        Near(Math.Log(4), x[6]);
        Near(Math.Asinh(-1), x[8]);  // a buy order one tick below the middle
        Near(Math.Log(1.5), x[10]);
        Near(0, x[11]);
        Assert.Equal([0f, 1, 0, 0, 0, 0, 0, 0, 0, 0], x[17..Plain]);
        Assert.Equal([0f, 0, 0], x[Plain..]);
    }

    [Fact]
    public void Flow_trades_and_moves_are_summed_and_decay_with_time()
    {
        Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        // Half the ask is bought: the supply falls by 150 shares, a trade of 150 shares lifts the price, nothing moves.
        float[] bought = Step(10.5, 4, 7, 150, 1000400, -1, 1000400, 150, 1000000, 100);
        // One second later the bid goes up by two ticks.
        float[] raised = Step(11.5, 1, 8, 20, 1000200, 1, 1000400, 150, 1000200, 20);

        Near(Math.Log(1 + 500), bought[0]);
        Near(Math.Asinh(1.5), bought[11]);
        Near(Math.Asinh(1.5), bought[Plain]);
        Near(Math.Log(2.5), bought[Plain + 1]);
        Near(0, bought[Plain + 2]);
        Near(Math.Asinh(2), bought[16]); // it was done two ticks above the middle
        double kept = Math.Exp(-1);
        Near(Math.Asinh(1.5) * kept + Math.Asinh(0.2), raised[Plain]);
        Near(Math.Log(2.5) * kept, raised[Plain + 1]);
        Near(Math.Asinh(1), raised[Plain + 2]);
        Near(Math.Asinh(1), raised[7]);
        Near(Math.Asinh(2), raised[12]);
        Near(Math.Asinh(2), raised[14]);
        Near(0, raised[13]);
        Near(0, raised[1]);
    }

    [Fact]
    public void Halt_counts_as_no_event_but_its_book_does()
    {
        Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        float[] x = Step(12, 7, 0, 0, -1, -1, 1000200, 300, 1000000, 100);

        Assert.Equal(new float[10], x[17..Plain]);
        Assert.Equal([0f, 0, 0], x[8..11]);
        Near(Math.Asinh(-1), x[7]);
    }

    [Fact]
    public void Features_are_cut_at_the_limit()
    {
        IFrontEnd frontEnd = Create(limit: 2);
        Assert.True(frontEnd.Accept(Inputs.Values(1, 7, 1, 1e9f, 1, 1e9f, 1, 1, 1e9f), 0).IsAccepted);
        StepNote note = default;
        Assert.True(frontEnd.TryNext(_inputs.Next, ref note));
        Assert.All(_inputs.Next.Floats(0).ToArray(), static value => Assert.InRange(value, -2, 2));
    }

    [Fact]
    public void Time_may_stand_first_in_the_row()
    {
        float[] apart = Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100), next = Step(10.5, 3, 7, 50, 1000100, 1, 1000400, 300, 1000000, 50);
        _frontEnd.Reset();
        Assert.Equal(apart, Step(double.NaN, 10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100));
        Assert.Equal(next, Step(double.NaN, 10.5f, 3, 7, 50, 1000100, 1, 1000400, 300, 1000000, 50));
    }

    [Fact]
    public void Emissions_carry_the_time_of_the_event()
    {
        Assert.True(_frontEnd.Accept(Inputs.Values(34200.5f, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100), double.NaN).IsAccepted);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal(34200.5, note.Time);
    }

    [Theory]
    [InlineData("the book is crossed: bid 1000500 above ask 1000400", new float[] { 1, 7, 50, 1000100, 1, 1000400, 300, 1000500, 100 })]
    [InlineData("found -50 as the size, expected a number of shares from 0", new float[] { 1, 7, -50, 1000100, 1, 1000400, 300, 1000000, 100 })]
    [InlineData("found -300 as the ask size", new float[] { 1, 7, 50, 1000100, 1, 1000400, -300, 1000000, 100 })]
    [InlineData("found -1 as the bid size", new float[] { 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, -1 })]
    [InlineData("the bid side of the book is empty", new float[] { 1, 7, 50, 1000100, 1, 1000400, 300, -9999999999f, 0 })]
    [InlineData("the ask side of the book is empty", new float[] { 1, 7, 50, 1000100, 1, 9999999999f, 0, 1000000, 100 })]
    [InlineData("found NaN as the ask price, expected a number", new float[] { 1, 7, 50, 1000100, 1, float.NaN, 300, 1000000, 100 })]
    [InlineData("as the size, expected a number", new float[] { 1, 7, float.PositiveInfinity, 1000100, 1, 1000400, 300, 1000000, 100 })]
    [InlineData("found 0 as the price", new float[] { 1, 7, 50, 0, 1, 1000400, 300, 1000000, 100 })]
    [InlineData("found -3 as the bid price", new float[] { 1, 7, 50, 1000100, 1, 1000400, 300, -3, 100 })]
    [InlineData("found 9 as the type", new float[] { 9, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100 })]
    [InlineData("found 1.5 as the type", new float[] { 1.5f, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100 })]
    [InlineData("found 0 as the side", new float[] { 1, 7, 50, 1000100, 0, 1000400, 300, 1000000, 100 })]
    [InlineData("found 8 numbers, expected 9", new float[] { 1, 7, 50, 1000100, 1, 1000400, 300, 1000000 })]
    [InlineData("found 0 numbers, expected 9", new float[] { })]
    [InlineData("found NaN as the time", new float[] { float.NaN, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100 })]
    public void Bad_event_is_refused_and_leaves_no_trace(string problem, float[] row)
    {
        Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        float[] expected = Step(11, 3, 7, 50, 1000100, 1, 1000400, 300, 1000000, 50);
        _frontEnd.Reset();
        Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        Assert.Contains(problem, _frontEnd.Accept(Inputs.Values(row), 10.5).Problem, StringComparison.Ordinal);
        StepNote note = default;
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal(expected, Step(11, 3, 7, 50, 1000100, 1, 1000400, 300, 1000000, 50));
    }

    [Fact]
    public void Time_that_runs_backwards_is_refused_until_a_reset()
    {
        Step(10, 1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        FramePayload earlier = Inputs.Values(1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        Assert.Contains("found an event at 9.5 s after one at 10 s", _frontEnd.Accept(earlier, 9.5).Problem, StringComparison.Ordinal);
        Assert.True(_frontEnd.Accept(earlier, 10).IsAccepted);
        _frontEnd.Reset();
        Assert.True(_frontEnd.Accept(earlier, 9.5).IsAccepted);
    }

    [Fact]
    public void Event_without_a_time_is_refused()
        => Assert.Contains("the event has no time. Send 't' in seconds", _frontEnd.Accept(Inputs.Values(1, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100), double.NaN).Problem, StringComparison.Ordinal);

    [Fact]
    public void Text_is_refused() => Assert.Contains("found text", _frontEnd.Accept(Inputs.Text("1,2,3"), 0).Problem, StringComparison.Ordinal);

    [Fact]
    public void Steps_allocate_nothing()
    {
        FramePayload payload = Inputs.Values(4, 7, 50, 1000100, 1, 1000400, 300, 1000000, 100);
        StepNote note = default;
        _frontEnd.Accept(payload, 0);
        _frontEnd.TryNext(_inputs.Next, ref note);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                _frontEnd.Accept(payload, i);
                _frontEnd.TryNext(_inputs.Next, ref note);
            }
        }));
    }

    private static void Near(double expected, float found) => Assert.Equal(expected, found, 1e-5);

    private IFrontEnd Create(int limit)
    {
        string zeros = string.Join(',', Enumerable.Repeat("0", Features)), ones = string.Join(',', Enumerable.Repeat("1", Features));
        return _inputs.Create($$"""{"type":"order-book","tick":100,"lot":100,"decays":[1],"limit":{{limit}},"mean":[{{zeros}}],"scale":[{{ones}}]}""");
    }

    private float[] Step(double time, params float[] row)
    {
        FrameVerdict verdict = _frontEnd.Accept(Inputs.Values(row), time);
        Assert.True(verdict.IsAccepted, verdict.Problem);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        return _inputs.Next.Floats(0).ToArray();
    }

    public void Dispose() => _inputs.Dispose();
}
