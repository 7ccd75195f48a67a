using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;
using SeqStream.TestSupport;
using static SeqStream.Onnx.Tests.Streaming.Streamed;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Whole-sequence models with windows, pads and cuts along time: what is predicted of them, what their steps answer, and what is refused.</summary>
public class PulseCompilerTests
{
    [Theory]
    [InlineData(4, 0, 0, 0)]
    [InlineData(2, 2, 2, 2)]
    [InlineData(0, 4, 4, 4)]
    [InlineData(0, 0, 4, 0)]
    public void A_convolution_of_five_frames_lags_as_its_padding_says(int before, int after, int delay, int lookAhead)
    {
        LoweredOutput output = Assert.Single(AssertEqualsWhole(graph => Convolution(graph, "x", "y", 5, before, after)).Outputs);
        Assert.Equal((delay, lookAhead), (output.Delay, output.LookAhead));
        Assert.Equal(new StreamLength(before + after - 4, 1), output.Length);
    }

    [Fact]
    public void A_causal_pad_before_a_convolution_costs_no_delay_and_no_mask()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Convolution(Pad(graph, "x", "p", 4, 0, 0.5f), "p", "y", 5, 0, 0));
        Assert.Equal(0, result.Outputs[0].Delay);
        Assert.DoesNotContain(result.Plan!.Nodes, static node => node is EdgeMaskNode or CountStepsNode);
    }

    [Fact]
    public void A_causal_pad_that_is_an_output_itself_waits()
        => Assert.Equal(0, AssertEqualsWhole(static graph => Pad(graph, "x", "y", 3, 0, 0.5f)).Outputs[0].Delay);

    [Fact]
    public void A_step_takes_as_many_frames_as_the_product_of_the_strides()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Convolution(Convolution(graph, "x", "a", 3, 1, 1, 2), "a", "y", 4, 0, 1, 3));
        Assert.Equal((6, 1), (result.FramesPerStep, result.Outputs[0].FramesPerStep));
        Assert.Contains(result.Notes, static note => note.Contains("6 frames", StringComparison.Ordinal));
    }

    [Fact]
    public void Branches_that_look_ahead_differently_are_aligned()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Convolution(Convolution(graph, "x", "a", 3, 2, 0), "x", "b", 5, 2, 2).Node("Add", ["a", "b"], ["s"]).Node("Add", ["s", "x"], ["y"]));
        Assert.Equal(2, result.Outputs[0].Delay);
    }

    [Fact]
    public void A_recurrent_layer_behind_a_delay_passes_over_the_frames_before_the_stream()
        => Assert.Equal(3, AssertEqualsWhole(static graph => Recurrent(Convolution(graph, "x", "a", 4, 0, 3), "a", "y")).Outputs[0].Delay);

    [Fact]
    public void Frames_cut_off_at_the_end_are_padded_only_when_the_end_is_known()
        => Assert.Equal(2, AssertEqualsWhole(static graph => Pad(Cut(graph, "x", "c", 0, -2, 1), "c", "y", 0, 1, 3)).Outputs[0].Delay);

    [Fact]
    public void A_cut_a_recurrent_layer_and_a_strided_convolution_equal_the_whole_sequence()
        => AssertEqualsWhole(static graph => Convolution(Recurrent(Cut(graph, "x", "c", 1, -2, 1), "c", "r"), "r", "y", 4, 0, 1, 2));

    [Fact]
    public void A_transposition_that_moves_time_among_dimensions_of_one_keeps_both_time_axes_apart()
    {
        LoweringResult result = AssertEqualsWhole(static graph => graph.Int64s("c", 0).Random("w1", 1, Channels, 2).NamedNode("conv", "", "Conv", ["x", "w1"], ["y"], ("kernel_shape", new[] { 2 }), ("pads", new[] { 1, 0 }))
            .Node("Transpose", ["y"], ["z"], ("perm", new[] { 2, 0, 1 })).Output("z"));
        Assert.Equal([2, 0], result.Outputs.Select(static output => output.Axis).Order().Reverse());
    }

    [Fact]
    public void The_shortest_stream_is_one_for_which_every_value_has_a_frame()
    {
        Assert.Equal(5, AssertEqualsWhole(static graph => Pad(Convolution(graph, "x", "a", 5, 0, 0), "a", "y", 3, 3, 0)).ShortestStream);
        Assert.Equal(3, AssertEqualsWhole(static graph => Convolution(Cut(graph, "x", "c", 2, int.MaxValue, 1), "c", "y", 1, 0, 0)).ShortestStream);
    }

    [Fact]
    public void Every_other_frame_can_be_taken()
        => Assert.Equal(new StreamLength(1, 2), AssertEqualsWhole(static graph => Cut(graph, "x", "y", 0, int.MaxValue, 2)).Outputs[0].Length);

    [Theory]
    [InlineData("reflect")]
    [InlineData("edge")]
    public void Padding_with_other_frames_is_refused(string mode)
        => AssertBlocked("pad", $"in mode '{mode}'", graph => graph.Int64s("pads", 0, 0, 1, 0, 0, 1).NamedNode("pad", "", "Pad", ["x", "pads"], ["y"], ("mode", mode)));

    [Fact]
    public void Two_streams_one_behind_the_other_are_refused()
        => AssertBlocked("join", "one stream behind another", static graph => graph.NamedNode("join", "", "Concat", ["x", "x"], ["y"], ("axis", 2)));

    [Fact]
    public void A_length_rounded_up_is_refused()
        => AssertBlocked("pool", "ceil_mode", static graph => graph.NamedNode("pool", "", "MaxPool", ["x"], ["y"], ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }), ("ceil_mode", 1)));

    [Fact]
    public void Padding_that_depends_on_the_length_is_refused()
        => AssertBlocked("conv", "padding along time depends", static graph => graph.Random("w", 1, Channels, 3).NamedNode("conv", "", "Conv", ["x", "w"], ["y"], ("strides", new[] { 2 }), ("auto_pad", "SAME_UPPER")));

    [Fact]
    public void A_bidirectional_layer_behind_a_convolution_is_refused()
        => AssertBlocked("gru", "bidirectional direction", static graph => Convolution(graph, "x", "a", 3, 1, 1).Weights("gru", 3, Channels, 2, 2).Node("Transpose", ["a"], ["t"], ("perm", new[] { 2, 0, 1 }))
            .Recurrent("gru", "GRU", "t", [], ["y"], ("hidden_size", 2), ("direction", "bidirectional")));

    [Fact]
    public void A_mean_over_time_behind_a_convolution_is_refused()
        => AssertBlocked("mean", "runs over the stream's time", static graph => Convolution(graph, "x", "a", 3, 1, 1).NamedNode("mean", "", "ReduceMean", ["a"], ["y"], ("axes", new[] { 2 })));

    [Fact]
    public void A_window_in_a_model_with_a_state_of_its_own_is_stepped_by_calls_and_called_unproved()
    {
        LoweringResult result = TestGraphs.Lowered(TestGraphs.Build(static graph => Convolution(graph.Input("x", ElementType.Float32, 1, Channels, "time").Input("h0", ElementType.Float32, 1, 1, Channels), "x", "a", 3, 1, 1)
            .Node("Transpose", ["a"], ["t"], ("perm", new[] { 2, 0, 1 })).Weights("gru", 3, Channels, Channels).Recurrent("gru", "GRU", "t", ["h0"], ["y", "hn"], ("hidden_size", Channels)).Output("y")
            .Output("hn", ElementType.Float32, 1, 1, Channels)));
        Assert.Equal(StreamForm.Step, result.Form);
        Assert.Contains(result.Notes, static note => note.Contains("not proved equal", StringComparison.Ordinal) && note.Contains("window of 3 steps", StringComparison.Ordinal));
    }

    [Fact]
    public void Branches_of_different_lengths_are_refused()
        => AssertBlocked("half", "broadcast", static graph => Convolution(Convolution(graph, "x", "a", 2, 0, 0, 2), "x", "b", 2, 0, 2, 2).NamedNode("half", "", "Add", ["a", "b"], ["y"]));
}
