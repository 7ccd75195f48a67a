using SeqStream.Onnx.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.TestSupport;
using static SeqStream.Onnx.Tests.Streaming.Streamed;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Transposed convolutions along time, behind anything that delays.</summary>
public class TransposedPulseTests
{
    [Theory]
    [InlineData(4, 2, 1, 1, 1, 0, 1)]
    [InlineData(3, 2, 1, 1, 1, 1, 1)]
    [InlineData(3, 1, 2, 2, 2, 0, 2)]
    [InlineData(2, 3, 1, 0, 0, 0, 1)] // its last frame falls short of a step, so frames wait until the end is known
    [InlineData(1, 3, 1, 0, 0, 2, 0)]
    [InlineData(5, 2, 2, 0, 3, 1, 0)]
    [InlineData(4, 4, 1, 3, 0, 0, 3)]
    [InlineData(3, 1, 1, 0, 0, 0, 0)]
    public void It_lags_by_what_it_crops(int kernel, int stride, int dilation, int before, int after, int more, int delay)
    {
        LoweredOutput output = Assert.Single(AssertEqualsWhole(graph => Transposed(graph, "x", "y", kernel, stride, dilation, before, after, more)).Outputs);
        Assert.Equal((delay, stride), (output.Delay, output.FramesPerStep));
        Assert.Equal(StreamLength.Source.Times(stride).Plus(((kernel - 1) * dilation) + 1 - stride + more - before - after), output.Length);
    }

    [Fact]
    public void A_delay_before_it_is_multiplied_by_its_stride()
        => Assert.Equal((2 * 2) + 1, AssertEqualsWhole(static graph => Transposed(Convolution(graph, "x", "a", 5, 2, 2), "a", "y", 4, 2, 1, 1, 1, 0)).Outputs[0].Delay);

    [Fact]
    public void Frames_that_follow_the_last_input_frame_are_computed_from_zeros_after_the_end()
        => Assert.Contains(AssertEqualsWhole(static graph => Transposed(graph, "x", "y", 5, 2, 1, 0, 0, 0)).Plan!.Nodes, static node => node is EdgeMaskNode);

    [Fact]
    public void A_causal_one_needs_no_clock()
        => Assert.DoesNotContain(AssertEqualsWhole(static graph => Transposed(graph, "x", "y", 4, 2, 1, 0, 2, 0)).Plan!.Nodes, static node => node is EdgeMaskNode or CountStepsNode);

    [Fact]
    public void Strides_before_and_behind_it_multiply_and_divide_the_frames_of_a_step()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Convolution(Transposed(graph, "x", "a", 3, 3, 1, 0, 0, 0), "a", "y", 4, 1, 1, 2));
        Assert.Equal((2, 3), (result.FramesPerStep, result.Outputs[0].FramesPerStep));
    }

    [Fact]
    public void Down_and_up_again_is_as_long_as_its_source_where_the_end_is_cut_to_it()
        => AssertEqualsWhole(static graph => Transposed(Convolution(graph, "x", "a", 4, 1, 2, 2), "a", "b", 4, 2, 1, 1, 1, 0).Node("Shape", ["x"], ["shape"]).Int64s("two", 2).Int64s("zero", 0)
            .Node("Gather", ["shape", "two"], ["n"]).Node("Slice", ["b", "zero", "n", "two"], ["c"]).Node("Add", ["c", "x"], ["y"]));

    [Fact]
    public void The_end_of_a_cut_is_found_among_lengths_that_two_traces_cannot_tell_apart()
        => AssertEqualsWhole(static graph => Convolution(Transposed(Cut(graph, "x", "c", 2, -1, 2).Node("MaxPool", ["c"], ["p"], ("kernel_shape", new[] { 3 }), ("strides", new[] { 2 })), "p", "t", 3, 2, 2, 3, 0, 0), "t", "a", 1, 0, 1)
            .Random("down.w", Channels, Channels, 3).Node("Conv", ["a", "down.w"], ["low"], ("strides", new[] { 3 }), ("pads", new[] { 0, 2 })).Random("up.w", Channels, Channels, 6)
            .Node("ConvTranspose", ["low", "up.w"], ["up"], ("strides", new[] { 3 }), ("pads", new[] { 1, 0 })).Node("Shape", ["a"], ["shape"]).Int64s("two", 2).Int64s("zero", 0).Node("Gather", ["shape", "two"], ["n"])
            .Node("Slice", ["up", "zero", "n", "two"], ["cut"]).Node("Add", ["cut", "a"], ["y"]));

    [Fact]
    public void Two_ways_down_and_up_again_can_be_joined()
        => AssertEqualsWhole(static graph => Transposed(Convolution(graph, "x", "a", 4, 1, 2, 2), "a", "b", 4, 2, 1, 1, 1, 0).Node("Tanh", ["b"], ["t"]).Node("Identity", ["t"], ["s"])
            .Random("w3", Channels, Channels, 2).Node("ConvTranspose", ["a", "w3"], ["d"], ("strides", new[] { 2 })).Node("Add", ["s", "d"], ["y"]));

    [Fact]
    public void Down_and_up_again_is_joined_with_its_source_for_lengths_that_the_strides_divide()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Transposed(Convolution(Convolution(graph, "x", "a", 4, 1, 1, 2), "a", "b", 2, 0, 0, 2), "b", "c", 2, 2, 1, 0, 0, 0).Node("Add", ["a", "c"], ["d"])
            .Random("w4", Channels, Channels, 4).Node("ConvTranspose", ["d", "w4"], ["e"], ("strides", new[] { 2 }), ("pads", new[] { 1, 1 })).Node("Concat", ["e", "x"], ["y"], ("axis", 1)));
        Assert.Equal((4, 4), (result.LengthMultiple, result.FramesPerStep));
        Assert.Contains(result.Notes, static note => note.Contains("multiple of 4 frames", StringComparison.Ordinal));
    }

    [Fact]
    public void Frames_are_grouped_for_lengths_that_the_group_divides()
        => Assert.Equal(3, AssertEqualsWhole(static graph => graph.Int64s("shape", 0, -1, 3 * Channels).Node("Transpose", ["x"], ["t"], ("perm", new[] { 0, 2, 1 })).Node("Reshape", ["t", "shape"], ["y"])).LengthMultiple);

    [Fact]
    public void Down_and_up_again_by_another_stride_is_not_joined_with_its_source()
        => AssertBlocked("add", "broadcast", static graph => Transposed(Convolution(graph, "x", "a", 2, 0, 0, 2), "a", "b", 3, 3, 1, 0, 0, 0).NamedNode("add", "", "Add", ["b", "x"], ["y"]));

    [Fact]
    public void An_output_of_one_size_is_refused()
        => AssertBlocked("up", "padding along time depends", static graph => graph.Random("w", Channels, Channels, 4).NamedNode("up", "", "ConvTranspose", ["x", "w"], ["y"], ("strides", new[] { 2 }), ("output_shape", new[] { 50 })));

    [Fact]
    public void Padding_that_makes_each_frame_its_stride_is_allowed()
        => AssertEqualsWhole(static graph => graph.Random("w", Channels, Channels, 5).Node("ConvTranspose", ["x", "w"], ["y"], ("strides", new[] { 2 }), ("auto_pad", "SAME_UPPER")));

    private static OnnxGraphWriter Transposed(OnnxGraphWriter graph, string x, string y, int kernel, int stride, int dilation, int before, int after, int more)
        => graph.Random(y + ".w", Channels, Channels, kernel).Random(y + ".b", Channels).NamedNode(y + ".up", "", "ConvTranspose", [x, y + ".w", y + ".b"], [y],
            ("kernel_shape", new[] { kernel }), ("strides", new[] { stride }), ("dilations", new[] { dilation }), ("pads", new[] { before, after }), ("output_padding", new[] { more }));
}
