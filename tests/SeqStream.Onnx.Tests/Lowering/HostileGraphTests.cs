using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Graphs that are well-formed files and lie about the rest.</summary>
public class HostileGraphTests
{
    [Theory]
    [InlineData("ConstantOfShape")]
    [InlineData("Expand")]
    [InlineData("Tile")]
    public void Outputs_beyond_the_limit_are_refused_before_memory_is_taken(string @operator)
    {
        OnnxModel model = TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, 1, 1, 1).Int64s("huge", 1 << 16, 1 << 16, 1 << 16).Initializer("one", [1, 1, 1], 1);
            if (@operator == "ConstantOfShape") graph.NamedNode("bomb", "", @operator, ["huge"], ["z"]);
            else graph.NamedNode("bomb", "", @operator, ["one", "huge"], ["z"]);
            graph.Node("Add", ["x", "z"], ["y"]).Output("y");
        });
        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal("bomb", Assert.Single(TestGraphs.Refused(model)).Node);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }

    /// <summary>Found by the fuzzer.</summary>
    [Fact]
    public void If_without_a_condition_is_refused()
    {
        OnnxGraphWriter branch = new OnnxGraphWriter("branch").Node("Neg", ["x"], ["n"]).Output("n");
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 2).NamedNode("choice", "", "If", [], ["y"], ("then_branch", branch), ("else_branch", branch)).Output("y"));
        Assert.Equal("choice", Assert.Single(TestGraphs.Refused(model)).Node);
    }

    [Fact]
    public void A_chain_that_doubles_a_constant_without_end_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).Initializer("c0", [1 << 20], new float[1 << 20]);
            for (int i = 0; i < 20; i++) graph.Node("Concat", [$"c{i}", $"c{i}"], [$"c{i + 1}"], ("axis", 0));
            graph.Node("Add", ["x", "c20"], ["y"]).Output("y");
        });
        Assert.Contains("limit", Assert.Single(TestGraphs.Refused(model)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_is_refused_at_the_node_that_reads_ahead()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1).NamedNode("ahead", "", "Add", ["x", "b"], ["a"]).NamedNode("back", "", "Relu", ["a"], ["b"]).Output("b"));
        Blocker blocker = Assert.Single(TestGraphs.Refused(model));
        Assert.Equal("ahead", blocker.Node);
        Assert.Contains("nothing before it makes", blocker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_nothing_makes_is_refused()
        => Assert.Contains("nothing makes this output", Assert.Single(TestGraphs.Refused(TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1).Output("y")))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_long_chain_does_not_overflow_the_stack()
    {
        OnnxModel model = TestGraphs.Build(static graph =>
        {
            graph.Input("x", ElementType.Float32, 1).NamedNode("first", "", "Bogus", ["x"], ["v0"]);
            for (int i = 0; i < 50_000; i++) graph.Node("Relu", [$"v{i}"], [$"v{i + 1}"]);
            graph.Output("v50000");
        });
        Assert.Equal("first", Assert.Single(TestGraphs.Refused(model)).Node);
    }

    [Fact]
    public void Weights_of_the_wrong_size_are_refused_by_name()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, 3).Weights("gru", 3, 4, 5).Recurrent("gru", "GRU", "x", [], ["y"], ("hidden_size", 5)).Output("y"));
        Assert.Contains("W is [1, 15, 4], expected [1, 15, 3]", Assert.Single(TestGraphs.Refused(model)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_string_input_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", (ElementType)8, 1).Node("Identity", ["x"], ["y"]).Output("y"));
        Assert.Contains("string", Assert.Single(TestGraphs.Refused(model)).Reason, StringComparison.Ordinal);
    }
}
