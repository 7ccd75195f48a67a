using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Writing;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Writing;

public sealed class StepMetadataTests
{
    public static TheoryData<ElementType, double[], string> Values => new()
    {
        { ElementType.Float32, [0, 0], "zeros" },
        { ElementType.Float32, [1, 1], "ones" },
        { ElementType.Float32, [0.1f, 0.1f], "0.10000000149011612" },
        { ElementType.Float32, [double.NegativeInfinity, double.NegativeInfinity], "-Infinity" },
        { ElementType.Float32, [1, 2], "base64:AACAPwAAAEA=" },
        { ElementType.Float32, [double.NaN, double.NaN], "base64:AADA/wAAwP8=" },
        { ElementType.Int64, [-1], "-1" },
        { ElementType.Float64, [2.5, 2.5, 2.5], "2.5" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Initial_value_is_read_as_it_was_written(ElementType type, double[] values, string text)
    {
        ConstantTensor tensor = type switch
        {
            ElementType.Float32 => ConstantTensor.Float32(new TensorShape(values.Length), Array.ConvertAll(values, static value => (float)value)),
            ElementType.Int64 => ConstantTensor.Int64(new TensorShape(values.Length), Array.ConvertAll(values, static value => (long)value)),
            _ => ConstantTensor.Of<double>(type, new TensorShape(values.Length), values),
        };

        Assert.Equal(text, StepMetadata.Show(tensor));
        if (text != "zeros") Assert.Equal(tensor.Bytes.ToArray(), StepMetadata.Read(text, type, tensor.Shape)!.Bytes.ToArray());
    }

    [Theory]
    [InlineData("twos")]
    [InlineData("base64:?")]
    [InlineData("base64:AACAPw==")]
    public void Initial_value_that_does_not_fit_is_none(string text) => Assert.Null(StepMetadata.Read(text, ElementType.Float32, new TensorShape(2)));

    [Theory]
    [InlineData("S", 0, 1)]
    [InlineData("S - 3", -3, 1)]
    [InlineData("floor((S + 2) / 4)", 2, 4)]
    [InlineData("floor(S / 4)", 0, 4)]
    public void Output_is_read_as_it_was_written(string length, long offset, long divisor)
    {
        Dictionary<string, string> metadata = new() { ["seqstream.output.y"] = $"timing=EveryStep;delay=2;frames=3;axis=1;length={length};origin=-1.5;lookahead=5" };

        Assert.Equal(new LoweredOutput("y", OutputTiming.EveryStep, 2) { FramesPerStep = 3, Axis = 1, Origin = -1.5, LookAhead = 5, Length = new StreamLength(offset, divisor) }, StepMetadata.OutputOf(metadata, "y"));
        Assert.Equal(length, new StreamLength(offset, divisor).ToString());
    }

    public static TheoryData<string> NestedLengths => new(
        StreamLength.Source.Over(4).Times(2).ToString(), StreamLength.Source.Plus(3).Over(4).Times(6).Plus(-1).Over(4).ToString(), StreamLength.Source.Over(3).Times(2).Over(5).Plus(7).Times(4).ToString(), StreamLength.Source.Times(3).Plus(-1).ToString());

    [Theory]
    [MemberData(nameof(NestedLengths))]
    public void Length_of_several_terms_is_read_as_it_was_written(string text)
    {
        Assert.True(StreamLengthText.TryRead(text, out StreamLength? length));
        Assert.Equal(text, length.ToString());
    }

    [Theory]
    [InlineData("floor(S / 4")]
    [InlineData("floor((S + 2 / 4)")]
    [InlineData("0 * S")]
    [InlineData("S + ")]
    [InlineData("S + 2 ")]
    [InlineData("S + 99999999999")]
    [InlineData("floor(S / 0)")]
    public void Length_that_makes_no_sense_is_none(string text) => Assert.False(StreamLengthText.TryRead(text, out _));

    [Fact]
    public void Length_of_endless_terms_is_none()
        => Assert.False(StreamLengthText.TryRead(string.Concat(Enumerable.Repeat("floor(2 * ", 10_000)), out _));

    [Theory]
    [InlineData("")]
    [InlineData("timing=EveryStep;delay=-1;frames=3;axis=1;length=S;lookahead=5")]
    [InlineData("timing=EveryStep;delay=1;frames=0;axis=1;length=S;lookahead=5")]
    [InlineData("timing=EveryStep;delay=1;frames=1;axis=1;length=floor((S + 2) / 0);lookahead=5")]
    [InlineData("timing=EveryStep;delay=1;frames=1;axis=1;length=T;lookahead=5")]
    [InlineData("timing=EveryStep;delay=1;frames=1;axis=1;length=S;origin=NaN;lookahead=5")]
    public void Output_that_makes_no_sense_is_none(string text) => Assert.Null(StepMetadata.OutputOf(new Dictionary<string, string> { ["seqstream.output.y"] = text }, "y"));
}
