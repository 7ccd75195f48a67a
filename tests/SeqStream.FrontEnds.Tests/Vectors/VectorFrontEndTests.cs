using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Vectors;

public sealed class VectorFrontEndTests : IDisposable
{
    private readonly Inputs _inputs = new(Inputs.Floats("x", 3), Inputs.Integers("id", 1));
    private readonly IFrontEnd _frontEnd;

    public VectorFrontEndTests() => _frontEnd = _inputs.Create("""{"type":"vector","bounds":{"id":[0,9]}}""");

    [Fact]
    public void Frame_is_one_step()
    {
        Assert.True(_frontEnd.Accept(Frame([1, 2, 3], 7), 4.5).IsAccepted);
        StepNote note = default;
        Assert.True(_frontEnd.TryNext(_inputs.Next, ref note));
        Assert.Equal([1, 2, 3], _inputs.Next.Floats(0).ToArray());
        Assert.Equal(7, _inputs.Next.Integers(1)[0]);
        Assert.Equal(4.5, note.Time);
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
    }

    [Theory]
    [InlineData(ElementType.Int8, -128, 127, -129)]
    [InlineData(ElementType.UInt8, 0, 255, 256)]
    [InlineData(ElementType.Int16, -32768, 32767, 32768)]
    [InlineData(ElementType.UInt16, 0, 65535, -1)]
    [InlineData(ElementType.Int32, int.MinValue, int.MaxValue, int.MaxValue + 1L)]
    [InlineData(ElementType.UInt32, 0, uint.MaxValue, -1)]
    [InlineData(ElementType.UInt64, 0, long.MaxValue, -1)]
    public void Integers_of_every_width_keep_their_value_and_others_are_refused(ElementType type, long least, long greatest, long outside)
    {
        using Inputs inputs = new(new StepPort("i", type, new TensorShape(1)));
        IFrontEnd frontEnd = inputs.Create("""{"type":"vector"}""");
        foreach (long value in (long[])[least, greatest, outside])
        {
            FramePayload payload = new();
            payload.BeginSegment(0, isInteger: true);
            payload.Add(value);
            FrameVerdict verdict = frontEnd.Accept(payload, 0);
            Assert.Equal(value != outside, verdict.IsAccepted);
            if (value == outside) continue;
            StepNote note = default;
            Assert.True(frontEnd.TryNext(inputs.Next, ref note));
            Assert.Equal(BitConverter.GetBytes(value)[..type.ByteSize()], inputs.Next.Bytes(0)[..type.ByteSize()].ToArray());
        }
    }

    [Theory]
    [InlineData(new float[] { 1, 2 }, 0, "found 2 numbers for input 'x', expected 3")]
    [InlineData(new float[] { 1, 2, 3, 4 }, 0, "found 4 numbers")]
    [InlineData(new float[] { 1, float.NaN, 3 }, 0, "found NaN as number 1")]
    [InlineData(new float[] { 1, 2, float.NegativeInfinity }, 0, "as number 2 of input 'x', expected a finite number")]
    [InlineData(new float[] { 1, 2, 3 }, 10, "found 10 as number 0 of input 'id', expected 0 to 9")]
    [InlineData(new float[] { 1, 2, 3 }, -1, "found -1")]
    public void Bad_frame_is_refused_with_place_and_reason(float[] x, long id, string problem)
    {
        FrameVerdict verdict = _frontEnd.Accept(Frame(x, id), 0);
        Assert.Contains(problem, verdict.Problem, StringComparison.Ordinal);
        StepNote note = default;
        Assert.False(_frontEnd.TryNext(_inputs.Next, ref note));
    }

    [Fact]
    public void Missing_unknown_and_fractional_inputs_are_refused()
    {
        Assert.Contains("no numbers for input 'id'", _frontEnd.Accept(Inputs.Values(1, 2, 3), 0).Problem, StringComparison.Ordinal);
        FramePayload payload = Frame([1, 2, 3], 1);
        payload.BeginSegment(5, isInteger: false);
        Assert.Contains("input 5", _frontEnd.Accept(payload, 0).Problem, StringComparison.Ordinal);
        payload = Inputs.Values(1, 2, 3);
        payload.BeginSegment(1, isInteger: false);
        payload.Add(1.5f);
        Assert.Contains("expected integers", _frontEnd.Accept(payload, 0).Problem, StringComparison.Ordinal);
        Assert.Contains("found text", _frontEnd.Accept(Inputs.Text("a"), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_take_the_type_of_the_input()
    {
        Inputs inputs = new(
            new StepPort("d", ElementType.Float64, new TensorShape(1)), new StepPort("i", ElementType.Int32, new TensorShape(1)), new StepPort("b", ElementType.Bool, new TensorShape(1)));
        IFrontEnd frontEnd = inputs.Create("""{"type":"vector"}""");
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: true);
        payload.Add(3L);
        payload.BeginSegment(1, isInteger: true);
        payload.Add(-4L);
        payload.BeginSegment(2, isInteger: true);
        payload.Add(1L);
        Assert.True(frontEnd.Accept(payload, 0).IsAccepted);
        StepNote note = default;
        frontEnd.TryNext(inputs.Next, ref note);
        Assert.Equal(3.0, MemoryMarshal.Read<double>(inputs.Next.Bytes(0)));
        Assert.Equal(-4, MemoryMarshal.Read<int>(inputs.Next.Bytes(1)));
        Assert.Equal(1, inputs.Next.Bytes(2)[0]);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        FramePayload payload = Frame([1, 2, 3], 4);
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

    private static FramePayload Frame(float[] x, long id)
    {
        FramePayload payload = Inputs.Values(x);
        payload.BeginSegment(1, isInteger: true);
        payload.Add(id);
        return payload;
    }

    public void Dispose() => _inputs.Dispose();
}
