using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Models that look at more than the past are refused by the name of the node that does.</summary>
public class TimeRefusalTests
{
    private const int Width = 4;

    [Theory]
    [InlineData("bidirectional", 2)]
    [InlineData("reverse", 1)]
    public void A_recurrent_node_that_starts_at_the_end_is_refused(string direction, int directions)
        => AssertBlocked("lstm", $"{direction} direction", graph => graph.Weights("lstm", 4, Width, Width, directions)
            .Recurrent("lstm", "LSTM", "x", [], ["y"], ("hidden_size", Width), ("direction", direction)).Output("y"));

    [Fact]
    public void Softmax_over_time_is_refused()
        => AssertBlocked("attend", "normalisation runs over the stream's time", static graph => Cell(graph).NamedNode("attend", "", "Softmax", ["r"], ["y"], ("axis", 0)).Output("y"));

    [Fact]
    public void Softmax_before_opset_13_normalises_all_axes_from_its_own_on()
    {
        static void Build(OnnxGraphWriter graph, int axis) => graph.Weights("rnn", 1, Width, Width).Recurrent("rnn", "RNN", "x", [], ["r"], ("hidden_size", Width))
            .NamedNode("attend", "", "Softmax", ["r"], ["y"], ("axis", axis)).Output("y");
        Assert.Equal("attend", TestGraphs.Refused(Model(graph => Build(graph, 0), opset: 11))[0].Node);
        TestGraphs.Lowered(Model(graph => Build(graph, 1), opset: 11));
    }

    [Fact]
    public void Softmax_since_opset_13_normalises_one_axis_before_or_after_time()
        => TestGraphs.Lowered(Model(static graph => Cell(graph).Node("Transpose", ["r"], ["t"], ("perm", new[] { 2, 1, 0 })).Node("Softmax", ["t"], ["y"], ("axis", 0)).Output("y")));

    [Fact]
    public void Mean_over_time_is_refused()
        => AssertBlocked("mean", "reduction runs over the stream's time", static graph => Cell(graph).NamedNode("mean", "", "ReduceMean", ["r"], ["y"], ("axes", new[] { 0 })).Output("y"));

    [Fact]
    public void A_sum_over_time_divided_by_the_length_is_refused_at_the_sum()
        => AssertBlocked("sum", "reduction", static graph => Cell(graph).Int64s("axes", 0).NamedNode("sum", "", "ReduceSum", ["r", "axes"], ["s"]).Node("Shape", ["x"], ["shape"]).Initializer("zero", OnnxTensor.Int64s([], 0))
            .Node("Gather", ["shape", "zero"], ["n"]).Node("Cast", ["n"], ["nf"], ("to", 1)).Node("Div", ["s", "nf"], ["y"]).Output("y"));

    [Fact]
    public void A_number_made_from_the_length_is_refused_where_it_is_used()
        => AssertBlocked("scale", "computed from the length of the stream", static graph => Cell(graph).Node("Shape", ["x"], ["shape"]).Initializer("zero", OnnxTensor.Int64s([], 0))
            .Node("Gather", ["shape", "zero"], ["n"]).Node("Cast", ["n"], ["nf"], ("to", 1)).NamedNode("scale", "", "Div", ["r", "nf"], ["y"]).Output("y"));

    [Fact]
    public void Zeros_as_long_as_the_stream_are_allowed()
        => TestGraphs.Lowered(Model(static graph => Cell(graph).Node("Shape", ["x"], ["shape"]).Node("ConstantOfShape", ["shape"], ["zeros"]).Node("Add", ["r", "zeros"], ["y"]).Output("y")));

    [Fact]
    public void The_first_step_is_refused()
        => AssertBlocked("first", "other than the last", static graph => Cell(graph).Initializer("zero", OnnxTensor.Int64s([], 0)).NamedNode("first", "", "Gather", ["r", "zero"], ["y"], ("axis", 0)).Output("y"));

    [Fact]
    public void A_reversed_stream_is_refused()
        => AssertBlocked("flip", "part of the stream's time", static graph => Cell(graph).Int64s("start", -1).Int64s("end", long.MinValue).Int64s("axis", 0).Int64s("step", -1)
            .NamedNode("flip", "", "Slice", ["r", "start", "end", "axis", "step"], ["y"]).Output("y"));

    [Fact]
    public void The_last_step_added_to_every_step_is_refused()
        => AssertBlocked("mix", "last step's value at every step", static graph => Cell(graph).NamedNode("mix", "", "Add", ["r", "h"], ["y"]).Output("y"));

    [Fact]
    public void Attention_over_time_is_refused()
        => AssertBlocked("scores", "more than one axis", static graph => Cell(graph).Int64s("flat", -1, Width).Node("Reshape", ["r", "flat"], ["q"]).Node("Transpose", ["q"], ["k"], ("perm", new[] { 1, 0 }))
            .NamedNode("scores", "", "MatMul", ["q", "k"], ["s"]).NamedNode("attend", "", "Softmax", ["s"], ["a"], ("axis", -1)).Node("MatMul", ["a", "q"], ["y"]).Output("y"));

    [Fact]
    public void A_product_that_sums_over_time_is_refused()
        => AssertBlocked("pool", "sum of the product", static graph => Cell(graph).Int64s("flat", -1, Width).Node("Reshape", ["r", "flat"], ["q"]).Node("Transpose", ["q"], ["k"], ("perm", new[] { 1, 0 }))
            .NamedNode("pool", "", "MatMul", ["k", "q"], ["y"]).Output("y"));

    [Fact]
    public void A_window_of_one_step_is_allowed()
        => TestGraphs.Lowered(Model(static graph => graph.Random("w", 2, Width, 1).Node("Transpose", ["x"], ["xt"], ("perm", new[] { 1, 2, 0 })).Node("Conv", ["xt", "w"], ["y"]).Output("y")));

    [Fact]
    public void A_decoder_that_starts_from_the_encoders_end_is_refused()
        => AssertBlocked("decoder", "initial state", static graph => Cell(graph).Weights("decoder", 1, Width, Width).Recurrent("decoder", "RNN", "x", ["h"], ["y"], ("hidden_size", Width)).Output("y"));

    [Fact]
    public void Sequence_lengths_from_outside_are_refused()
        => AssertBlocked("rnn", "sequence lengths", static graph => graph.Input("lengths", ElementType.Int32, 1).Weights("rnn", 1, Width, Width)
            .NamedNode("rnn", "", "RNN", ["x", "rnn.W", "rnn.R", "", "lengths"], ["y"], ("hidden_size", Width)).Output("y"));

    [Fact]
    public void A_node_whose_kind_is_unknown_in_time_is_refused()
        => AssertBlocked("lower", "not known to keep the steps", static graph => Cell(graph).NamedNode("lower", "", "Trilu", ["r"], ["y"]).Output("y"));

    [Fact]
    public void Time_joined_with_features_is_refused()
        => AssertBlocked("join", "joins the time axis with others", static graph => Cell(graph).Int64s("flat", -1).Node("Transpose", ["r"], ["t"], ("perm", new[] { 2, 1, 0 })).NamedNode("join", "", "Reshape", ["t", "flat"], ["y"]).Output("y"));

    [Fact]
    public void Squeezing_the_only_step_away_is_refused()
        => AssertBlocked("squeeze", "number of dimensions", static graph => Cell(graph).NamedNode("squeeze", "", "Squeeze", ["r"], ["y"]).Output("y"));

    [Fact]
    public void Every_blocking_node_is_named()
    {
        Blocker[] blockers = TestGraphs.Refused(Model(static graph => Cell(graph).NamedNode("attend", "", "Softmax", ["r"], ["a"], ("axis", 0)).NamedNode("mean", "", "ReduceMean", ["r"], ["m"], ("axes", new[] { 0 })).Output("a").Output("m")));
        Assert.Equal(["attend", "mean"], blockers.Select(static blocker => blocker.Node));
        Assert.All(blockers, static blocker => Assert.NotEmpty(blocker.Remedy));
    }

    [Fact]
    public void Two_free_dimensions_of_unknown_meaning_are_refused_by_name()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "foo", "bar", Width).Node("Relu", ["x"], ["y"]).Output("y"));
        Assert.Contains("'bar'", string.Join('\n', (object[])TestGraphs.Refused(model)), StringComparison.Ordinal);
        Assert.Equal("foo", TestGraphs.Lowered(model, new LoweringOptions { TimeAxis = new InputAxis("x", 0), Dimensions = LoweringOptions.Default.Dimensions.Add("bar", 2) }).TimeDimension);
    }

    private static OnnxGraphWriter Cell(OnnxGraphWriter graph)
        => graph.Weights("rnn", 1, Width, Width).Int64s("dir", 1).Recurrent("rnn", "RNN", "x", [], ["r4", "h"], ("hidden_size", Width)).Node("Squeeze", ["r4", "dir"], ["r"]);

    private static OnnxModel Model(Action<OnnxGraphWriter> build, long opset = 17)
        => TestGraphs.Build(graph => build(graph.Input("x", ElementType.Float32, "time", "batch", Width)), opset);

    private static void AssertBlocked(string node, string reason, Action<OnnxGraphWriter> build)
    {
        Blocker blocker = Assert.Single(TestGraphs.Refused(Model(build)));
        Assert.Equal(node, blocker.Node);
        Assert.Contains(reason, blocker.Reason, StringComparison.Ordinal);
    }
}
