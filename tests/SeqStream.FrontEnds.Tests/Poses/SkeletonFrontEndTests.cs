using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Poses;

public sealed class SkeletonFrontEndTests : IDisposable
{
    private const string Card = """{"type":"skeleton","channels":9,"hip":0,"neck":1,"back":[1,2],"gains":[1,10,100,1000]}""";
    private readonly Inputs _inputs = new(Inputs.Floats("x", 36)); // 3 joints: 12 numbers of the pose, and of two differences
    private readonly IFrontEnd _frontEnd;

    public SkeletonFrontEndTests() => _frontEnd = _inputs.Create(Card);

    [Fact]
    public void Joints_are_measured_from_the_hip_in_lengths_of_the_first_torso()
    {
        float[] first = Step(1, 2, 3, 1, 4, 3, 2, 2, 3);
        Assert.Equal([0f, 0, 0, 0, 1, 0, 0.5f, 0, 0], first[..9]);
        Assert.Equal([0f, 0, 0], first[9..12]);
        Assert.All(first[12..], static change => Assert.Equal(0, change));

        float[] second = Step(2, 2, 3, 2, 3, 3, 3, 2, 3); // the body steps aside and its torso seems shorter
        Assert.Equal([0f, 0, 0, 0, 0.5f, 0, 0.5f, 0, 0], second[..9]);
        Assert.Equal([5f, 0, 0], second[9..12]);
        Assert.Equal([0f, 0, 0, 0, -50, 0, 0, 0, 0, 50, 0, 0], second[12..24]);
        Assert.Equal([0f, 0, 0, 0, -500, 0, 0, 0, 0, 500, 0, 0], second[24..]);

        float[] third = Step(2, 2, 3, 2, 4, 3, 3, 2, 3);
        Assert.Equal([0f, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0], third[12..24]);
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0, 0, 500, 0, 0], third[24..]);
    }

    [Fact]
    public void Confidences_are_passed_over()
    {
        float[] expected = Step(1, 2, 3, 1, 4, 3, 2, 2, 3);
        _frontEnd.Reset();
        Assert.Equal(expected, Step(1, 2, 3, 0.9f, 1, 4, 3, 0.5f, 2, 2, 3, 0));
    }

    [Fact]
    public void Frame_without_a_body_gives_no_step_and_changes_nothing()
    {
        Step(1, 2, 3, 1, 4, 3, 2, 2, 3);
        float[] expected = Step(2, 2, 3, 2, 3, 3, 3, 2, 3);
        _frontEnd.Reset();
        Nothing(0, 0, 0, 0, 0, 0, 0, 0, 0);
        Step(1, 2, 3, 1, 4, 3, 2, 2, 3);
        Nothing(0, 0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal(expected, Step(2, 2, 3, 2, 3, 3, 3, 2, 3));
    }

    [Fact]
    public void Missing_joint_stays_where_it_was_seen_last()
    {
        Step(1, 2, 3, 1, 4, 3, 2, 2, 3);
        Assert.Equal([0f, 0, 0, 0, 1, 0, 0.5f, 0, 0], Step(1, 2, 3, 1, 4, 3, 0, 0, 0)[..9]);
        _frontEnd.Reset();
        Assert.Equal([0f, 0, 0, 0, 1, 0, 0, 0, 0], Step(1, 2, 3, 1, 4, 3, 0, 0, 0)[..9]);
    }

    [Fact]
    public void Body_is_placed_when_hip_and_neck_were_seen()
    {
        Nothing(0, 0, 0, 1, 4, 3, 2, 2, 3);
        Assert.Equal([0f, 0, 0, 0, 1, 0, 0.5f, 0, 0], Step(1, 2, 3, 0, 0, 0, 2, 2, 3)[..9]);
    }

    [Theory]
    [InlineData("found 8 numbers, expected 9 numbers (x, y, z of each of 3 joints) or 12", new float[] { 1, 2, 3, 1, 4, 3, 2, 2 })]
    [InlineData("found 0 numbers", new float[] { })]
    [InlineData("found NaN in joint 2", new float[] { 1, 2, 3, 1, 4, 3, 2, float.NaN, 3 })]
    [InlineData("in joint 0, expected a number between", new float[] { float.NegativeInfinity, 2, 3, 1, 4, 3, 2, 2, 3 })]
    [InlineData("the neck (joint 1) lies at the hip (joint 0)", new float[] { 1, 2, 3, 1, 2, 3, 2, 2, 3 })]
    public void Bad_frame_is_refused_and_leaves_no_trace(string problem, float[] row)
    {
        Assert.Contains(problem, _frontEnd.Accept(Inputs.Values(row), 0).Problem, StringComparison.Ordinal);
        Assert.Equal([0f, 0, 0, 0, 1, 0, 0, 0, 0], Step(1, 2, 3, 1, 4, 3, 0, 0, 0)[..9]);
    }

    [Fact]
    public void Text_is_refused() => Assert.Contains("found text", _frontEnd.Accept(Inputs.Text("jump"), 0).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"skeleton","channels":10,"hip":0,"neck":1,"back":[1],"gains":[1,1,1]}""", "'frontEnd.channels': found 10, expected three numbers for each joint")]
    [InlineData("""{"type":"skeleton","channels":9,"hip":1,"neck":1,"back":[1],"gains":[1,1,1]}""", "'frontEnd.neck': found 1, the joint of 'hip' too")]
    [InlineData("""{"type":"skeleton","channels":9,"hip":0,"neck":1,"back":[0],"gains":[1,1,1]}""", "'frontEnd.back': found 0, expected whole numbers of frames from 1")]
    [InlineData("""{"type":"skeleton","channels":9,"hip":0,"neck":1,"back":[1],"gains":[1,1,1]}""", "float32 with 24 elements")]
    public void Bad_card_is_refused(string card, string problem) => Assert.Contains(problem, Assert.Throws<CardException>(() => _inputs.Create(card)).Message, StringComparison.Ordinal);

    [Fact]
    public void Steps_allocate_nothing()
    {
        FramePayload payload = Inputs.Values(1, 2, 3, 1, 4, 3, 2, 2, 3);
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

    private void Nothing(params float[] row)
    {
        Assert.True(_frontEnd.Accept(Inputs.Values(row), 0).IsAccepted);
        StepNote note = default;
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
    }

    private float[] Step(params float[] row)
    {
        FrameVerdict verdict = _frontEnd.Accept(Inputs.Values(row), 0);
        Assert.True(verdict.IsAccepted, verdict.Problem);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        return _inputs.Next.Floats(0).ToArray();
    }

    public void Dispose() => _inputs.Dispose();
}
