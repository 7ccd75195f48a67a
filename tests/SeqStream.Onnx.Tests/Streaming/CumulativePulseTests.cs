using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.TestSupport;
using static SeqStream.Onnx.Tests.Streaming.Streamed;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Running sums along time, what is divided by a count of frames, and positions.</summary>
public class CumulativePulseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_running_sum_goes_on_from_step_to_step(int exclusive)
        => Assert.Equal(1, AssertEqualsWhole(graph => Sum(graph, "x", "y", exclusive)).FramesPerStep);

    [Fact]
    public void A_running_sum_behind_a_delay_passes_over_the_frames_before_the_stream()
        => Assert.Equal(2, AssertEqualsWhole(static graph => Sum(Convolution(graph, "x", "a", 5, 2, 2, 2), "a", "y")).Outputs[0].Delay * 2);

    [Fact]
    public void A_running_sum_along_channels_needs_no_memory()
        => Assert.DoesNotContain(AssertEqualsWhole(static graph => Convolution(graph, "x", "a", 3, 1, 1).Int64s("axis", 1).Node("CumSum", ["a", "axis"], ["y"])).Plan!.Nodes, static node => node is RunningSumNode);

    [Fact]
    public void A_running_sum_in_front_of_a_window_is_summed_before_it_waits()
        => AssertEqualsWhole(static graph => Convolution(Sum(Pad(graph, "x", "p", 3, 0, 0.5f), "p", "a"), "a", "y", 3, 1, 1));

    [Fact]
    public void A_running_mean_that_a_range_counts_equals_the_whole_sequence()
        => AssertEqualsWhole(static graph => Positions(Sum(Convolution(graph, "x", "a", 5, 2, 2), "a", "s"), "a", 1).Node("Div", ["s", "p"], ["y"]));

    [Fact]
    public void A_running_mean_and_variance_that_a_sum_of_ones_counts_equal_the_whole_sequence()
        => AssertEqualsWhole(static graph => Sum(Sum(Sum(graph.Node("Shape", ["x"], ["shape"]).Node("ConstantOfShape", ["shape"], ["ones"], ("value", OnnxTensor.Floats([1], 1))), "ones", "n"), "x", "s").Node("Mul", ["x", "x"], ["xx"]), "xx", "ss")
            .Node("Div", ["s", "n"], ["mean"]).Node("Div", ["ss", "n"], ["square"]).Node("Mul", ["mean", "mean"], ["mm"]).Node("Sub", ["square", "mm"], ["v"]).Initializer("eps", [], 0.1f).Node("Add", ["v", "eps"], ["ve"])
            .Node("Sqrt", ["ve"], ["sd"]).Node("Sub", ["x", "mean"], ["d"]).Node("Div", ["d", "sd"], ["y"]));

    [Fact]
    public void Positions_are_counted()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Positions(Convolution(graph, "x", "a", 4, 0, 3, 2), "a", 0).Node("Add", ["a", "p"], ["y"]));
        Assert.Contains(result.Plan!.Nodes, static node => node is PositionsNode);
    }

    [Fact]
    public void A_reciprocal_of_positions_is_computed_step_by_step()
        => AssertEqualsWhole(static graph => Positions(graph, "x", 1).Node("Reciprocal", ["p"], ["r"]).Node("Mul", ["x", "r"], ["y"]));

    [Fact]
    public void A_table_can_be_looked_up_by_position()
        => AssertEqualsWhole(static graph => Positions(graph, "x", 0).Random("table", 128, Channels).Node("Cast", ["p"], ["place"], ("to", 7)).Node("Gather", ["table", "place"], ["g"], ("axis", 0)).Node("Transpose", ["g"], ["t"], ("perm", new[] { 1, 0 }))
            .Node("Add", ["x", "t"], ["y"]), 1e-5f);

    [Fact]
    public void Positions_counted_from_the_end_are_refused()
        => AssertBlocked("add", "computed from the length", static graph => graph.Node("Shape", ["x"], ["shape"]).Initializer("two", OnnxTensor.Int64s([], 2)).Initializer("minus", OnnxTensor.Int64s([], -1)).Initializer("zero", OnnxTensor.Int64s([], 0))
            .Node("Gather", ["shape", "two"], ["n"]).Node("Range", ["n", "zero", "minus"], ["p"]).Node("Cast", ["p"], ["f"], ("to", 1)).NamedNode("add", "", "Add", ["x", "f"], ["y"]));

    [Fact]
    public void A_sum_from_the_end_is_refused_by_name()
        => AssertBlocked("sum", "from the end of the stream (reverse)", static graph => graph.Int64s("axis", 2).NamedNode("sum", "", "CumSum", ["x", "axis"], ["y"], ("reverse", 1)));

    private static OnnxGraphWriter Sum(OnnxGraphWriter graph, string x, string y, int exclusive = 0)
        => graph.Int64s(y + ".axis", 2).Node("CumSum", [x, y + ".axis"], [y], ("exclusive", exclusive));

    /// <summary>p: first, first + 1, ... as float32, as many as a value has frames.</summary>
    private static OnnxGraphWriter Positions(OnnxGraphWriter graph, string like, long first)
        => graph.Node("Shape", [like], ["shape"]).Initializer("two", OnnxTensor.Int64s([], 2)).Initializer("first", OnnxTensor.Int64s([], first)).Initializer("one", OnnxTensor.Int64s([], 1))
            .Node("Gather", ["shape", "two"], ["n"]).Node("Add", ["n", "first"], ["end"]).Node("Range", ["first", "end", "one"], ["i"]).Node("Cast", ["i"], ["p"], ("to", 1));
}
