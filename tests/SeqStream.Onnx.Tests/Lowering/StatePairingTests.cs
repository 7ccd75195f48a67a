using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

public class StatePairingTests
{
    [Theory]
    [InlineData("h0", "hn")]
    [InlineData("c0", "cn")]
    [InlineData("h_0", "h_n")]
    [InlineData("state", "stateN")]
    [InlineData("state", "state_out")]
    [InlineData("state_in", "state_out")]
    [InlineData("in_h", "out_h")]
    [InlineData("hidden_in", "hidden_out")]
    [InlineData("past_key_values.0.key", "present_key_values.0.key")]
    [InlineData("past_h", "present_h")]
    [InlineData("prev_h", "next_h")]
    [InlineData("h", "h_new")]
    [InlineData("h", "new_h")]
    [InlineData("initial_state", "final_state")]
    public void Names_suggest_pairs(string input, string output)
    {
        LoweringResult result = TestGraphs.Lowered(Model([("x", 3), (input, 4)], [("y", 3), (output, 4)]));
        StatePair pair = Assert.Single(result.States);
        Assert.Equal((input, output), (pair.Input, pair.Output));
    }

    [Theory]
    [InlineData("input", "output")]
    [InlineData("audio_in", "audio_out")]
    [InlineData("x", "y")]
    public void A_signal_is_no_state(string input, string output) => Assert.Empty(TestGraphs.Lowered(Model([(input, 3)], [(output, 3)])).States);

    [Fact]
    public void Names_without_the_same_shape_suggest_nothing()
        => Assert.Empty(TestGraphs.Lowered(TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 3).Input("h0", ElementType.Float32, 1, 3).Node("Add", ["x", "h0"], ["y"]).Int64s("axis", 0).Node("Squeeze", ["y", "axis"], ["hn"])
            .Output("y", ElementType.Float32, 1, 3).Output("hn", ElementType.Float32, 3))).States);

    [Fact]
    public void The_only_output_of_a_shape_is_taken_and_says_so()
    {
        StatePair pair = Assert.Single(TestGraphs.Lowered(Model([("input_2", 3), ("input_3", 4)], [("activation_2", 3), ("stack_2", 4)])).States);
        Assert.Equal(("input_3", "stack_2"), (pair.Input, pair.Output));
        Assert.Contains("only output of its shape", pair.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_states_that_only_shapes_tell_apart_are_refused_with_the_candidates()
    {
        Blocker[] blockers = TestGraphs.Refused(Model([("x", 3), ("foo", 4), ("bar", 4)], [("y", 3), ("p", 4), ("q", 4)]));
        Assert.Equal(["foo", "bar"], blockers.Select(static blocker => blocker.Node));
        Assert.Contains("foo -> p; foo -> q", blockers[0].Reason, StringComparison.Ordinal);
        Assert.Contains("seqstream.state.foo", blockers[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Declared_pairs_settle_what_shapes_cannot()
    {
        LoweringOptions options = new() { States = [new DeclaredState("foo", "q"), new DeclaredState("bar", "p")] };
        Assert.Equal(["foo -> q", "bar -> p"], TestGraphs.Lowered(Model([("x", 3), ("foo", 4), ("bar", 4)], [("y", 3), ("p", 4), ("q", 4)]), options).States.Select(static pair => $"{pair.Input} -> {pair.Output}"));
    }

    [Fact]
    public void The_way_through_a_recurrent_node_pairs_nameless_states()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("a", ElementType.Float32, 1, 1, 3).Input("b", ElementType.Float32, 1, 1, 4).Input("c", ElementType.Float32, 1, 1, 4).Weights("lstm", 4, 3, 4)
            .Recurrent("lstm", "LSTM", "a", ["c", "b"], ["y", "p", "q"], ("hidden_size", 4)).Output("y").Output("p", ElementType.Float32, 1, 1, 4).Output("q", ElementType.Float32, 1, 1, 4));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(["b -> q", "c -> p"], result.States.Select(static pair => $"{pair.Input} -> {pair.Output}").Order());
        Assert.Contains("lstm.c", result.States.First(static pair => pair.Input == "b").Reason, StringComparison.Ordinal);
        Assert.Equal(["lstm.h", "lstm.c"], result.Plan!.Layout.Fields.Select(static field => field.Name));
    }

    private static OnnxModel Model((string Name, int Size)[] inputs, (string Name, int Size)[] outputs) => TestGraphs.Build(graph =>
    {
        foreach ((string name, int size) in inputs) graph.Input(name, ElementType.Float32, 1, size);
        foreach ((string name, int size) in outputs) graph.Node("Relu", [inputs.First(input => input.Size == size).Name], [name]).Output(name, ElementType.Float32, 1, size);
    });
}
