using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Pictures;

public sealed class PictureFrontEndTests : IDisposable
{
    private readonly Inputs _inputs = new(Inputs.Floats("x", 6));
    private readonly IFrontEnd _frontEnd;

    public PictureFrontEndTests() => _frontEnd = _inputs.Create("""{"type":"pictures","channels":3}""");

    [Fact]
    public void Pixels_and_their_change_go_from_black_to_white()
    {
        Assert.Equal([0f, 1, 51 / 255f, 0, 0, 0], Step(0, 255, 51));
        Assert.Equal([0f, 0, 102 / 255f, 0, -1, (102 / 255f) - (51 / 255f)], Step(0, 0, 102));
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        float[] first = Step(1, 2, 3);
        Step(7, 8, 9);
        _frontEnd.Reset();
        Assert.Equal(first, Step(1, 2, 3));
    }

    [Theory]
    [InlineData("found 2 numbers, expected a grey picture of 3 pixels", new float[] { 1, 2 })]
    [InlineData("found 4 numbers", new float[] { 1, 2, 3, 4 })]
    [InlineData("found a pixel of 256, expected 0 (black) to 255 (white)", new float[] { 1, 2, 256 })]
    [InlineData("found a pixel of -1", new float[] { -1, 2, 3 })]
    [InlineData("found a pixel of NaN", new float[] { 1, float.NaN, 3 })]
    public void Bad_picture_is_refused_and_leaves_no_trace(string problem, float[] pixels)
    {
        Step(9, 9, 9);
        Assert.Contains(problem, _frontEnd.Accept(Inputs.Values(pixels), 0).Problem, StringComparison.Ordinal);
        StepNote note = default;
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal([0f, 0, 0], Step(9, 9, 9)[3..]);
    }

    [Fact]
    public void Text_is_refused() => Assert.Contains("found text", _frontEnd.Accept(Inputs.Text("a picture"), 0).Problem, StringComparison.Ordinal);

    [Fact]
    public void Steps_allocate_nothing()
    {
        FramePayload payload = Inputs.Values(1, 2, 3);
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

    private float[] Step(params float[] pixels)
    {
        Assert.True(_frontEnd.Accept(Inputs.Values(pixels), 0).IsAccepted);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        return _inputs.Next.Floats(0).ToArray();
    }

    public void Dispose() => _inputs.Dispose();
}
