using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Sensors;

public sealed class StandardizeFrontEndTests : IDisposable
{
    private readonly Inputs _inputs = new(Inputs.Floats("x", 6));
    private readonly IFrontEnd _frontEnd;

    public StandardizeFrontEndTests() => _frontEnd = _inputs.Create(
        """{"type":"standardize","channels":2,"means":[1],"deviations":[1],"mean":[1,1,0,0,0,0],"scale":[2,1,1,1,1,1]}""");

    [Fact]
    public void Running_statistics_follow_their_definition()
    {
        Assert.Equal([(3f - 1) * 2, 5f - 1, 3, 5, 0, 0], Step(3, 5));
        // A half-life of one step: weights 1/2 and 1/4, of which the sum is 3/4.
        float[] expected = [(9f - 1) * 2, 2f - 1, (9 * 2 + 3) / 3f, (2 * 2 + 5) / 3f, MathF.Sqrt((81 * 2 + 9) / 3f - 49), MathF.Sqrt((4 * 2 + 25) / 3f - 9)];
        float[] found = Step(9, 2);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
    }

    [Fact]
    public void Logarithms_keep_the_sign()
    {
        using Inputs inputs = new(Inputs.Floats("x", 2));
        IFrontEnd frontEnd = inputs.Create("""{"type":"standardize","channels":2,"logarithms":[1],"mean":[0,0],"scale":[1,1]}""");
        frontEnd.Accept(Inputs.Values(-7, -7), 0);
        StepNote note = default;
        frontEnd.TryNext(inputs.Next, ref note);
        Assert.Equal([-7f, -MathF.Log(8)], inputs.Next.Floats(0).ToArray());
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        float[] first = Step(3, 5);
        Step(4, 4);
        _frontEnd.Reset();
        Assert.Equal(first, Step(3, 5));
    }

    [Fact]
    public void Integers_count_as_numbers()
    {
        float[] expected = Step(3, 5);
        _frontEnd.Reset();
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: true);
        payload.Add(3L);
        payload.Add(5L);
        Assert.True(_frontEnd.Accept(payload, 0).IsAccepted);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal(expected, _inputs.Next.Floats(0).ToArray());
    }

    [Theory]
    [InlineData(new float[] { 1 }, "found 1 numbers, expected 2 numbers")]
    [InlineData(new float[] { 1, 2, 3 }, "found 3 numbers")]
    [InlineData(new float[] { 1, float.NaN }, "found NaN in channel 1")]
    [InlineData(new float[] { float.PositiveInfinity, 1 }, "in channel 0, expected a number between")]
    [InlineData(new float[] { 1, -3e38f }, "in channel 1")]
    public void Bad_row_is_refused_and_leaves_no_trace(float[] row, string problem)
    {
        float[] first = Step(3, 5);
        float[] second = Step(9, 2);
        _frontEnd.Reset();
        Assert.Equal(first, Step(3, 5));
        Assert.Contains(problem, _frontEnd.Accept(Inputs.Values(row), 0).Problem, StringComparison.Ordinal);
        StepNote note = default;
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal(second, Step(9, 2));
    }

    [Fact]
    public void Text_is_refused() => Assert.Contains("found text", _frontEnd.Accept(Inputs.Text("1 2"), 0).Problem, StringComparison.Ordinal);

    [Fact]
    public void Steps_allocate_nothing()
    {
        FramePayload payload = Inputs.Values(1, 2);
        StepNote note = default;
        _frontEnd.Accept(payload, 0);
        _frontEnd.TryNext(_inputs.Next, ref note);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                _frontEnd.Accept(payload, 0);
                _frontEnd.TryNext(_inputs.Next, ref note);
            }
        }));
    }

    private float[] Step(params float[] row)
    {
        Assert.True(_frontEnd.Accept(Inputs.Values(row), 0).IsAccepted);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        return _inputs.Next.Floats(0).ToArray();
    }

    public void Dispose() => _inputs.Dispose();
}
