using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>Graphs that contradict themselves.</summary>
public class GraphLieTests
{
    [Fact]
    public void A_node_that_reads_its_own_output_is_refused()
        => Assert.Equal("loop", HostileBudget.Refused(Build(static graph => graph.Input("x", ElementType.Float32, 1).NamedNode("loop", "", "Add", ["x", "y"], ["y"]).Output("y"))).Node);

    [Fact]
    public void A_cycle_of_many_nodes_is_refused_at_the_node_that_reads_ahead()
        => Assert.Equal("Add_0", HostileBudget.Refused(Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).Node("Add", ["x", "v20000"], ["v0"]);
            for (int i = 0; i < 20_000; i++) graph.Node("Relu", [$"v{i}"], [$"v{i + 1}"]);
            graph.Output("v20000");
        })).Node);

    [Fact]
    public void An_input_that_is_not_there_is_refused_by_name()
        => Assert.Contains("'ghost'", HostileBudget.Refused(Build(static graph => graph.Input("x", ElementType.Float32, 1).Node("Add", ["x", "ghost"], ["y"]).Output("y"))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_required_input_that_is_left_out_is_refused()
        => Assert.Contains("input 1 is absent", HostileBudget.Refused(Build(static graph => graph.Input("x", ElementType.Float32, 1).Node("Add", ["x"], ["y"]).Output("y"))).Reason, StringComparison.Ordinal);

    [Fact]
    public void Two_nodes_that_make_one_value_are_refused()
        => Unreadable("already", static graph => graph.Input("x", ElementType.Float32, 1).Node("Relu", ["x"], ["y"]).Node("Abs", ["x"], ["y"]).Output("y"));

    [Fact]
    public void A_node_that_makes_an_input_or_a_stored_tensor_is_refused()
    {
        Unreadable("already", static graph => graph.Input("x", ElementType.Float32, 1).Node("Relu", ["x"], ["x"]).Output("x"));
        Unreadable("already", static graph => graph.Input("x", ElementType.Float32, 1).Initializer("w", [1], 1).Node("Relu", ["x"], ["w"]).Output("w"));
    }

    [Fact]
    public void Two_inputs_or_outputs_of_one_name_are_refused()
    {
        Unreadable("two inputs", static graph => graph.Input("x", ElementType.Float32, 1).Input("x", ElementType.Float32, 1).Node("Relu", ["x"], ["y"]).Output("y"));
        Unreadable("two outputs", static graph => graph.Input("x", ElementType.Float32, 1).Node("Relu", ["x"], ["y"]).Output("y").Output("y"));
    }

    [Fact]
    public void A_graph_without_an_output_is_refused()
        => Assert.Contains("no output", HostileBudget.Refused(Build(static graph => graph.Input("x", ElementType.Float32, 1).Node("Relu", ["x"], ["y"]))).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(65)]
    [InlineData(1000)]
    public void Branches_nested_beyond_the_limit_are_refused(int levels)
        => Assert.Contains("nested more than 64", HostileBudget.Unreadable(Nested(levels)).Message, StringComparison.Ordinal);

    [Fact]
    public void Branches_nested_up_to_the_limit_are_lowered() => Assert.Null(HostileBudget.Lower(HostileBudget.Readable(Nested(60))));

    [Fact]
    public void A_branch_that_is_missing_is_refused_by_name()
        => Assert.Contains("no then_branch", HostileBudget.Refused(Build(static graph => graph.Initializer("c", OnnxTensor.Bools([], true)).NamedNode("if", "", "If", ["c"], ["y"]).Output("y"))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_condition_without_elements_is_refused()
        => Assert.Contains("expected one bool", HostileBudget.Refused(Build(static graph => graph.Initializer("c", OnnxTensor.Bools([0])).NamedNode("if", "", "If", ["c"], ["y"]).Output("y"))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_local_function_that_calls_itself_is_not_followed()
    {
        OnnxModelWriter writer = new();
        writer.Opset("local", 1).Graph.Input("x", ElementType.Float32, 1).NamedNode("call", "local", "again", ["x"], ["y"]).Output("y");
        ProtobufWriter call = new ProtobufWriter().String(1, "a").String(2, "b").String(4, "again").String(7, "local");
        ProtobufWriter function = new ProtobufWriter().String(1, "again").String(4, "a").String(5, "b").Message(7, call).String(10, "local");
        OnnxModel model = HostileBudget.Readable([.. writer.ToBytes(), .. new ProtobufWriter().Message(25, function).ToArray()]);
        Assert.Equal("call", HostileBudget.Refused(model).Node);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    public void A_loop_of_as_many_trips_as_there_are_numbers_is_refused(long trips) => HostileBudget.Refused(Doubling(trips));

    [Fact]
    public void A_loop_of_fewer_trips_than_none_makes_none() => Assert.Null(HostileBudget.Lower(Doubling(-1)));

    private static OnnxModel Doubling(long trips)
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("c", ElementType.Bool).Input("v", ElementType.Float32, 1)
            .Node("Identity", ["c"], ["c2"]).Node("Add", ["v", "v"], ["v2"]).Output("c2", ElementType.Bool).Output("v2", ElementType.Float32, 1).Output("v", ElementType.Float32, 1);
        return Build(graph => graph.Input("x", ElementType.Float32, 1).Initializer("m", OnnxTensor.Int64s([], trips)).Initializer("t", OnnxTensor.Bools([], true))
            .Node("Loop", ["m", "t", "x"], ["y", "all"], ("body", body)).Output("y").Output("all"));
    }

    [Fact]
    public void A_loop_of_endless_trips_over_constants_is_refused()
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("c", ElementType.Bool).Input("v", ElementType.Float32, 1)
            .Node("Identity", ["c"], ["c2"]).Node("Add", ["v", "v"], ["v2"]).Output("c2", ElementType.Bool).Output("v2", ElementType.Float32, 1);
        HostileBudget.Refused(Build(graph => graph.Input("x", ElementType.Float32, 1).Initializer("m", OnnxTensor.Int64s([], long.MaxValue)).Initializer("t", OnnxTensor.Bools([], true)).Initializer("w", [1], 1)
            .Node("Loop", ["m", "t", "w"], ["z"], ("body", body)).Node("Add", ["x", "z"], ["y"]).Output("y")));
    }

    [Theory]
    [InlineData("StringNormalizer")]
    [InlineData("StringSplit")]
    [InlineData("RegexFullMatch")]
    [InlineData("TfIdfVectorizer")]
    [InlineData("Optional")]
    [InlineData("SequenceConstruct")]
    [InlineData("NonZero")]
    public void Operators_without_a_place_in_a_step_are_refused_by_name(string @operator)
        => Assert.Equal("odd", HostileBudget.Refused(Build(graph => graph.Input("x", ElementType.Float32, 1).NamedNode("odd", "", @operator, ["x"], ["y"]).Output("y"))).Node);

    [Fact]
    public void An_input_larger_than_memory_is_refused_by_name()
    {
        OnnxModel model = Build(static graph => graph.Input("x", ElementType.Float32, 1L << 30, 1L << 30).Node("Relu", ["x"], ["y"]).Output("y"));
        Assert.Equal("x", HostileBudget.Refused(model).Node);
    }

    [Fact]
    public void Dimensions_without_end_are_refused_by_name()
    {
        OnnxModel model = Build(static graph => graph.Input("x", ElementType.Float32, Enumerable.Range(0, 16).Select(static axis => (SeqStream.TestSupport.OnnxDimension)$"d{axis}").ToArray()).Node("Relu", ["x"], ["y"]).Output("y"));
        HostileBudget.Refused(model);
    }

    private static OnnxModel Build(Action<OnnxGraphWriter> build) => TestGraphs.Build(build);

    private static void Unreadable(string reason, Action<OnnxGraphWriter> build)
    {
        OnnxModelWriter writer = new();
        build(writer.Graph);
        Assert.Contains(reason, HostileBudget.Unreadable(writer.ToBytes()).Message, StringComparison.Ordinal);
    }

    private static byte[] Nested(int levels)
    {
        OnnxGraphWriter graph = new OnnxGraphWriter("inner").Node("Relu", ["x"], ["y0"]).Output("y0");
        for (int level = 1; level < levels; level++) graph = new OnnxGraphWriter("g").Node("If", ["c"], [$"y{level}"], ("then_branch", graph)).Output($"y{level}");
        OnnxModelWriter writer = new();
        writer.Graph.Input("x", ElementType.Float32, 1).Initializer("c", OnnxTensor.Bools([], true)).Node("If", ["c"], ["y"], ("then_branch", graph)).Output("y");
        return writer.ToBytes();
    }
}
