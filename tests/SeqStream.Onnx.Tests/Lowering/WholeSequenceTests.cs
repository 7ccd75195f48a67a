using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Whole-sequence models, stepped, against the same models on the whole sequence.</summary>
public class WholeSequenceTests
{
    private const int Input = 3, Hidden = 4, Length = 11;

    [Fact]
    public void Stacked_recurrent_layers_with_a_dense_head_equal_the_whole_sequence()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "batch", "time", Input)
            .Weights("gru", 3, Input, Hidden).Weights("lstm", 4, Hidden, Hidden).Random("w", Hidden, 2).Random("b", 2).Int64s("one", 1)
            .Node("Transpose", ["x"], ["xt"], ("perm", new[] { 1, 0, 2 }))
            .Recurrent("gru", "GRU", "xt", [], ["y1"], ("hidden_size", Hidden), ("linear_before_reset", 1)).Node("Squeeze", ["y1", "one"], ["y1s"]).Node("Tanh", ["y1s"], ["y1t"])
            .Recurrent("lstm", "LSTM", "y1t", [], ["y2"], ("hidden_size", Hidden)).Node("Squeeze", ["y2", "one"], ["y2s"])
            .Node("Transpose", ["y2s"], ["yb"], ("perm", new[] { 1, 0, 2 })).Node("MatMul", ["yb", "w"], ["m"]).Node("Add", ["m", "b"], ["s"]).Node("Softmax", ["s"], ["y"], ("axis", 2))
            .Output("y", ElementType.Float32, "batch", "time", 2));
        LoweringResult result = AssertEqualsWhole(model, "time");
        Assert.Equal(StreamForm.Sequence, result.Form);
        Assert.Equal(["gru.h", "lstm.h", "lstm.c"], result.Plan!.Layout.Fields.Select(static field => field.Name));
        Assert.Equal(new LoweredOutput("y", OutputTiming.EveryStep, 0) { Axis = 1 }, Assert.Single(result.Outputs));
    }

    [Theory]
    [InlineData("gather")]
    [InlineData("slice")]
    [InlineData("final state")]
    public void The_last_step_of_every_prefix_is_answered(string how)
    {
        OnnxModel model = TestGraphs.Build(graph =>
        {
            graph.Input("ids", ElementType.Int64, "batch", "sequence").Random("table", 7, Input).Weights("gru", 3, Input, Hidden).Int64s("one", 1).Int64s("last", -1).Int64s("end", long.MaxValue).Int64s("zero", 0)
                .Initializer("index", SeqStream.TestSupport.OnnxTensor.Int64s([], -1)).Node("Gather", ["table", "ids"], ["e"]).Node("Transpose", ["e"], ["xt"], ("perm", new[] { 1, 0, 2 }))
                .Recurrent("gru", "GRU", "xt", [], ["y1", "h"], ("hidden_size", Hidden)).Node("Squeeze", ["y1", "one"], ["y1s"]);
            if (how == "gather") graph.Node("Gather", ["y1s", "index"], ["z"], ("axis", 0));
            else if (how == "slice") graph.Node("Slice", ["y1s", "last", "end", "zero"], ["part"]).Node("Squeeze", ["part", "zero"], ["z"]);
            else graph.Node("Squeeze", ["h", "zero"], ["z"]);
            graph.Node("Relu", ["z"], ["y"]).Output("y", ElementType.Float32, "batch", Hidden);
        });
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(OutputTiming.LastStep, Assert.Single(result.Outputs).Timing);
        long[] ids = [1, 5, 2, 6, 0, 3, 3, 4];
        float[][] found = PlanRun.Steps(result.Plan!, [.. ids.Select(static id => new[] { id })]);
        for (int length = 1; length <= ids.Length; length++)
        {
            PlanRun.Near(PlanRun.Call(model, PlanRun.Sized(("sequence", length)), ("ids", ids[..length]))["y"], found[length - 1]);
        }
    }

    [Fact]
    public void Initial_states_made_from_shapes_are_folded_as_exporters_write_them()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "batch", "time", Input).Weights("lstm", 4, Input, Hidden)
            .Initializer("zero", SeqStream.TestSupport.OnnxTensor.Int64s([], 0)).Int64s("one", 1).Int64s("hidden", Hidden).Int64s("axis0", 0)
            .Node("Shape", ["x"], ["shape"]).Node("Gather", ["shape", "zero"], ["n"]).Node("Unsqueeze", ["n", "axis0"], ["n1"]).Node("Concat", ["one", "n1", "hidden"], ["hs"], ("axis", 0))
            .Node("ConstantOfShape", ["hs"], ["h0"]).Node("Transpose", ["x"], ["xt"], ("perm", new[] { 1, 0, 2 }))
            .Recurrent("lstm", "LSTM", "xt", ["h0", "h0"], ["y1"], ("hidden_size", Hidden)).Node("Transpose", ["y1"], ["yt"], ("perm", new[] { 2, 0, 1, 3 }))
            .Int64s("flat", 0, 0, -1).Node("Reshape", ["yt", "flat"], ["y"]).Output("y", ElementType.Float32, "batch", "time", Hidden));
        AssertEqualsWhole(model, "time");
    }

    [Fact]
    public void A_constant_initial_state_starts_every_stream()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "time", 1, Input).Weights("rnn", 1, Input, Hidden).Random("h0", 1, 1, Hidden)
            .Recurrent("rnn", "RNN", "x", ["h0"], ["y"], ("hidden_size", Hidden)).Output("y"));
        Assert.NotNull(AssertEqualsWhole(model, "time").Plan!.Layout.Fields[0].Initial);
    }

    [Fact]
    public void Batch_first_layout_and_unnamed_dimensions_are_understood()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, SeqStream.TestSupport.OnnxDimension.Unknown, SeqStream.TestSupport.OnnxDimension.Unknown, Input).Weights("rnn", 1, Input, Hidden)
            .Recurrent("rnn", "RNN", "x", [], ["y"], ("hidden_size", Hidden), ("layout", 1)).Output("y"));
        LoweringResult result = AssertEqualsWhole(model, "x[1]");
        Assert.Equal("x[1]", result.TimeDimension);
    }

    [Fact]
    public void A_fixed_length_is_replaced_where_nothing_else_is_built_on_it()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 20, 1, Input).Weights("rnn", 1, Input, Hidden).Recurrent("rnn", "RNN", "x", [], ["y"], ("hidden_size", Hidden)).Output("y"));
        Assert.Equal("x[0]", AssertEqualsWhole(model, "x[0]").TimeDimension);
    }

    [Fact]
    public void Normalisation_over_features_and_residuals_are_local()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "time", 1, Hidden).Weights("rnn", 1, Hidden, Hidden).Random("scale", Hidden).Random("bias", Hidden).Int64s("one", 1)
            .Node("LayerNormalization", ["x", "scale", "bias"], ["n"], ("axis", -1)).Recurrent("rnn", "RNN", "n", [], ["r"], ("hidden_size", Hidden)).Node("Squeeze", ["r", "one"], ["rs"])
            .Node("Add", ["x", "rs"], ["sum"]).Node("ReduceMean", ["sum"], ["mean"], ("axes", new[] { 2 })).Node("Sub", ["sum", "mean"], ["y"]).Output("y"));
        AssertEqualsWhole(model, "time");
    }

    [Fact]
    public void A_layer_across_characters_of_a_word_runs_inside_the_step()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 6, "words", Input).Weights("chars", 1, Input, Hidden, directions: 2).Weights("words", 1, 2 * Hidden, Hidden)
            .Recurrent("chars", "RNN", "x", [], ["", "h"], ("hidden_size", Hidden), ("direction", "bidirectional")).Node("Transpose", ["h"], ["ht"], ("perm", new[] { 1, 0, 2 }))
            .Int64s("flat", -1, 1, 2 * Hidden).Node("Reshape", ["ht", "flat"], ["w"]).Recurrent("words", "RNN", "w", [], ["y"], ("hidden_size", Hidden)).Output("y"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("words.h", Assert.Single(result.Plan!.Layout.Fields).Name);
        float[][] words = PlanRun.Random(Length, 6 * Input);
        float[] whole = new float[6 * Length * Input];
        for (int step = 0; step < Length; step++)
        {
            for (int letter = 0; letter < 6; letter++) words[step].AsSpan(letter * Input, Input).CopyTo(whole.AsSpan(((letter * Length) + step) * Input));
        }
        PlanRun.Near(PlanRun.Call(model, PlanRun.Sized(("words", Length)), ("x", whole))["y"], PlanRun.Steps(result.Plan, words).SelectMany(static row => row).ToArray());
    }

    /// <summary>Lowers a model with one float32 input whose other dimensions before time are 1, and compares every step.</summary>
    private static LoweringResult AssertEqualsWhole(OnnxModel model, string time)
    {
        LoweringResult result = TestGraphs.Lowered(model);
        Wire input = Assert.Single(result.Plan!.Inputs);
        float[][] x = PlanRun.Random(Length, input.Shape.ElementCount);
        float[] whole = PlanRun.Call(model, PlanRun.Sized((time, Length)), (input.Name, x.SelectMany(static row => row).ToArray()))[result.Plan.Outputs[0].Name];
        PlanRun.Near(whole, PlanRun.Steps(result.Plan, x).SelectMany(static row => row).ToArray());
        return result;
    }
}
