using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Tests.Contracts;

public sealed class PortNumbersTests
{
    /// <summary>The text lies just below the middle between two neighbours; rounded to float64 first, it would be the middle, and then the upper one.</summary>
    [Fact]
    public void Decimal_text_becomes_the_nearest_float32()
    {
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: false);

        Assert.Null(PortNumbers.Add(payload, new StepPort("x", ElementType.Float32, new TensorShape(1)), "1.00000017881393432617187499"u8));
        Assert.Equal(MathF.BitIncrement(1), payload.Values(payload.Segment(0))[0]);
    }

    [Fact]
    public void Whole_number_beyond_those_of_float64_is_exact()
    {
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: true);

        Assert.Null(PortNumbers.Add(payload, new StepPort("id", ElementType.Int64, new TensorShape(1)), "9007199254740993"u8));
        Assert.Equal(9007199254740993, payload.Integers(payload.Segment(0))[0]);
    }
}
