using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>Small graphs that describe more memory or work than a machine has: refused by name within 2 s.</summary>
public class ExplosionTests
{
    private const long Huge = 1_000_000;
    private const int Most = 50_000;    // nodes without attributes that the reader's memory limit lets through in a small file

    [Theory]
    [InlineData("Expand", true)]
    [InlineData("Expand", false)]
    [InlineData("Tile", true)]
    [InlineData("Tile", false)]
    [InlineData("ConstantOfShape", true)]
    [InlineData("Range", true)]
    [InlineData("Pad", true)]
    [InlineData("Pad", false)]
    [InlineData("Resize", true)]
    [InlineData("Resize", false)]
    [InlineData("OneHot", true)]
    [InlineData("OneHot", false)]
    [InlineData("MatMul", true)]
    [InlineData("MatMul", false)]
    [InlineData("Add", true)]
    [InlineData("Add", false)]
    [InlineData("ConvTranspose", false)]
    [InlineData("TopK", false)]
    [InlineData("Split", false)]
    public void An_output_of_a_million_times_a_million_elements_is_refused(string @operator, bool ofConstants)
    {
        OnnxModel model = TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, 1, 1).Initializer("k", [1, 1], 1).Int64s("shape", Huge, Huge).Int64s("pads", 0, 0, Huge, Huge).Initializer("scales", [2], Huge, Huge);
            graph.Initializer("zero", OnnxTensor.Int64s([], 0)).Initializer("end", OnnxTensor.Int64s([], Huge * Huge)).Initializer("one", OnnxTensor.Int64s([], 1)).Initializer("depth", OnnxTensor.Int64s([], int.MaxValue));
            graph.Initializer("values", [2], 0, 1).Initializer("w4", [1, 1, 3, 3], new float[9]).Int64s("k1", Huge * Huge);
            graph.Initializer("long", [1, 60_000], new float[60_000]);
            string x = ofConstants ? "k" : "x";
            graph.NamedNode("cast", "", "Cast", [x], ["indices"], ("to", 7));
            graph.Int64s("four", 1, 1, 1, 1).NamedNode("image", "", "Reshape", [x, "four"], ["x4"]);
            graph.Int64s("column", 60_000, 1).NamedNode("tall", "", "Reshape", ["long", "column"], ["c60"]).NamedNode("grow", "", "Mul", ["c60", x], ["tallx"]).NamedNode("grow2", "", "Mul", ["long", x], ["widex"]);
            switch (@operator)
            {
                case "Expand" or "Tile": Bomb(graph, @operator, [x, "shape"]); break;
                case "ConstantOfShape": Bomb(graph, @operator, ["shape"]); break;
                case "Range": Bomb(graph, @operator, ["zero", "end", "one"]); break;
                case "Pad": Bomb(graph, @operator, [x, "pads"]); break;
                case "Resize": Bomb(graph, @operator, [x, "", "scales"]); break;
                case "OneHot": Bomb(graph, @operator, ["indices", "depth", "values"]); break;
                case "MatMul" or "Add": Bomb(graph, @operator, ["tallx", "widex"]); break;
                case "ConvTranspose": Bomb(graph, @operator, ["x4", "w4"], ("strides", new[] { 1, 1 }), ("output_shape", new[] { 1_000_000, 1_000_000 })); break;
                case "TopK": graph.NamedNode("bomb", "", @operator, [x, "k1"], ["z", "positions"]); break;
                case "Split": graph.NamedNode("bomb", "", @operator, [x], ["z"], ("num_outputs", long.MaxValue)); break;
            }
            graph.NamedNode("last", "", "ReduceSum", ["z"], ["y"]).Output("y");
        }, opset: 18);
        Assert.Equal("bomb", HostileBudget.Refused(model).Node);
    }

    [Fact]
    public void A_chain_that_doubles_a_constant_is_refused()
        => Assert.Contains("limit", HostileBudget.Refused(Doubling(constant: true, 40), bytes: 1_200_000_000).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_chain_that_doubles_a_value_is_refused()
        => Assert.Contains("limit", HostileBudget.Refused(Doubling(constant: false, 40)).Reason, StringComparison.Ordinal);

    [Fact]
    public void Many_large_values_at_once_are_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).Int64s("shape", 60_000_000);
            for (int i = 0; i < 100; i++) graph.Node("Expand", ["x", "shape"], [$"v{i}"]);
            graph.Node("Sum", [.. Enumerable.Range(0, 100).Select(static i => $"v{i}")], ["s"]).Node("ReduceSum", ["s"], ["y"]).Output("y");
        });
        Assert.Contains("values of a step would take", HostileBudget.Refused(model).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_large_constants_are_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1);
            for (int i = 0; i < 2000; i++) graph.Int64s($"s{i}", 10_000_000 + i).Node("ConstantOfShape", [$"s{i}"], [$"v{i}"], ("value", OnnxTensor.Floats([1], 1))).Node("ReduceSum", [$"v{i}"], [$"r{i}"]);
            graph.Node("Sum", ["x", .. Enumerable.Range(0, 2000).Select(static i => $"r{i}")], ["y"]).Output("y");
        });
        HostileBudget.Refused(model);
    }

    [Fact]
    public void A_large_constant_that_is_reduced_again_and_again_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).Int64s("s", 12_000_000).Node("ConstantOfShape", ["s"], ["v"]);
            for (int i = 0; i < 5000; i++) graph.Node("ReduceSum", ["v"], [$"r{i}"]);
            graph.Node("Sum", ["x", .. Enumerable.Range(0, 5000).Select(static i => $"r{i}")], ["y"]).Output("y");
        });
        Assert.Contains("too long", HostileBudget.Refused(model, bytes: 1_000_000_000).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_of_large_constants_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1).Int64s("s", 4000, 4000).Node("ConstantOfShape", ["s"], ["v"]).NamedNode("bomb", "", "MatMul", ["v", "v"], ["z"]).Node("Add", ["x", "z"], ["y"]).Output("y"));
        Assert.Equal("bomb", HostileBudget.Refused(model).Node);
    }

    [Fact]
    public void A_step_of_more_operations_than_anyone_waits_for_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 7000, 7000);
            for (int i = 0; i < 10; i++) graph.Node("MatMul", [i == 0 ? "x" : $"v{i}", "x"], [$"v{i + 1}"]);
            graph.Node("ReduceSum", ["v10"], ["y"]).Output("y");
        });
        Assert.Contains("operations", HostileBudget.Refused(model).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxPool")]
    [InlineData("AveragePool")]
    [InlineData("Conv")]
    public void A_window_of_a_million_times_a_million_elements_is_refused(string @operator)
    {
        int[] large = [1_000_000, 1_000_000];
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 1, 8, 8).Initializer("w", [1, 1, 1, 1], 1)
            .NamedNode("bomb", "", @operator, @operator == "Conv" ? ["x", "w"] : ["x"], ["y"], ("kernel_shape", @operator == "Conv" ? [1, 1] : large), ("pads", new[] { 1_000_000, 1_000_000, 1_000_000, 1_000_000 })).Output("y"));
        Assert.Equal("bomb", HostileBudget.Refused(model).Node);
    }

    [Theory]
    [InlineData("strides")]
    [InlineData("dilations")]
    [InlineData("pads")]
    public void Attributes_of_a_window_that_overflow_are_refused_or_mean_little(string attribute)
    {
        int[] values = [.. Enumerable.Repeat(int.MaxValue, attribute == "pads" ? 4 : 2)];
        foreach (string @operator in (string[])["MaxPool", "AveragePool", "Conv", "ConvTranspose"])
        {
            foreach (string pad in (string[])["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
            {
                HostileBudget.Lower(TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 1, 8, 8).Initializer("w", [1, 1, 2, 2], 1, 2, 3, 4)
                    .NamedNode("odd", "", @operator, @operator.StartsWith("Conv", StringComparison.Ordinal) ? ["x", "w"] : ["x"], ["y"], ("kernel_shape", new[] { 2, 2 }), ("auto_pad", pad), (attribute, values), ("ceil_mode", 1)).Output("y")));
            }
        }
    }

    [Fact]
    public void A_million_tiny_nodes_are_refused_by_the_reader()
    {
        byte[] node = new ProtobufWriter().Message(1, new ProtobufWriter().String(1, "x").String(4, "Relu")).ToArray();
        byte[] graph = new byte[node.Length * 1_000_000];
        for (int at = 0; at < graph.Length; at += node.Length) node.CopyTo(graph, at);
        Assert.Contains("more than 100000 nodes", HostileBudget.Unreadable(new ProtobufWriter().Bytes(7, graph).ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Identity")]
    [InlineData("Bogus")]
    public void As_many_nodes_as_are_allowed_are_lowered_or_refused_in_time(string @operator)
    {
        OnnxModel model = TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, 1);
            for (int i = 0; i < Most; i++) graph.Node(@operator, [i == 0 || @operator == "Bogus" ? "x" : $"v{i}"], [$"v{i + 1}"]);
            graph.Output($"v{Most}");
        });
        HostileBudget.Lower(model, bytes: 2_000_000_000);
    }

    [Fact]
    public void As_many_nodes_as_are_allowed_side_by_side_are_lowered_or_refused_in_time()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1);
            for (int i = 0; i < 50_000; i++) graph.Node("Relu", ["x"], [$"v{i}"]);
            graph.Node("Sum", [.. Enumerable.Range(0, 50_000).Select(static i => $"v{i}")], ["y"]).Output("y");
        });
        HostileBudget.Lower(model, bytes: 2_000_000_000);
    }

    [Fact]
    public void Many_branches_are_lowered_or_refused_in_time()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).Initializer("c", OnnxTensor.Bools([], true));
            for (int i = 0; i < 10_000; i++)
            {
                OnnxGraphWriter branch = new OnnxGraphWriter("b").Node("Relu", [i == 0 ? "x" : $"v{i}"], [$"w{i}"]).Output($"w{i}");
                graph.Node("If", ["c"], [$"v{i + 1}"], ("then_branch", branch), ("else_branch", branch));
            }
            graph.Output("v10000");
        });
        HostileBudget.Lower(model, bytes: 1_000_000_000);
    }

    [Fact]
    public void Dimensions_and_recurrent_nodes_that_would_be_probed_without_end_are_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Weights("r", 1, 1, 1);
            for (int i = 0; i < 200; i++) graph.Input($"x{i}", ElementType.Float32, $"a{i}", $"b{i}", 1);
            for (int i = 0; i < 10_000; i++) graph.Node("RNN", [i == 0 ? "x0" : $"v{i}", "r.W", "r.R", "r.B"], ["", $"v{i + 1}"], ("hidden_size", 1));
            graph.Output("v10000");
        });
        HostileBudget.Refused(model, bytes: 3_000_000_000);
    }

    [Fact]
    public void Paths_of_states_that_multiply_are_given_up_in_time()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Weights("r", 1, 1, 1).Input("x", ElementType.Float32, 1, 1, 1).Input("s", ElementType.Float32, 1, 1, 1);
            for (int i = 0; i < 2000; i++) graph.Node("RNN", ["x", "r.W", "r.R", "r.B", "", "s"], ["", $"h{i}"], ("hidden_size", 1));
            for (int i = 0; i < 2000; i++) graph.Node("Concat", [i == 0 ? "h0" : $"c{i - 1}", $"h{i}"], [$"c{i}"], ("axis", 0));
            graph.Output("c1999");
        });
        HostileBudget.Lower(model, bytes: 1_000_000_000);
    }

    [Fact]
    public void States_that_may_all_be_each_others_are_refused_in_time()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Weights("r", 1, 1, 1).Input("x", ElementType.Float32, 1, 1, 1);
            for (int i = 0; i < 500; i++) graph.Input($"p{i}", ElementType.Float32, 1, 1, 1);
            graph.Node("Concat", [.. Enumerable.Range(0, 500).Select(static i => $"p{i}")], ["all"], ("axis", 2)).Node("ReduceSum", ["all"], ["one"]).Int64s("sh", 1, 1, 1).Node("Reshape", ["one", "sh"], ["s"]);
            graph.Node("RNN", ["x", "r.W", "r.R", "r.B", "", "s"], ["", "h"], ("hidden_size", 1));
            for (int i = 0; i < 500; i++) graph.Node("Identity", ["h"], [$"q{i}"]).Output($"q{i}", ElementType.Float32, 1, 1, 1);
        });
        HostileBudget.Refused(model, bytes: 1_500_000_000);
    }

    private static void Bomb(OnnxGraphWriter graph, string @operator, string[] inputs, params ReadOnlySpan<SeqStream.TestSupport.OnnxAttribute> attributes) => graph.NamedNode("bomb", "", @operator, inputs, ["z"], attributes);

    private static OnnxModel Doubling(bool constant, int times) => TestGraphs.Build(graph =>
    {
        graph.Input("x", ElementType.Float32, 1).Initializer("k", [1], 1);
        for (int i = 0; i < times; i++) graph.Node("Concat", i == 0 ? (constant ? ["k", "k"] : ["x", "x"]) : [$"c{i - 1}", $"c{i - 1}"], [$"c{i}"], ("axis", 0));
        graph.Node("ReduceSum", [$"c{times - 1}"], ["s"]).Node("Add", ["x", "s"], ["y"]).Output("y");
    });
}
