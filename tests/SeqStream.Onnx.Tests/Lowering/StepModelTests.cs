using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Models that take their state and give it back.</summary>
public class StepModelTests
{
    private const int Input = 3, Hidden = 5, Length = 9;

    [Fact]
    public void A_state_that_goes_straight_through_a_cell_stays_in_the_row()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, Input).Input("h0", ElementType.Float32, 1, 1, Hidden).Weights("gru", 3, Input, Hidden)
            .Recurrent("gru", "GRU", "x", ["h0"], ["y", "hn"], ("hidden_size", Hidden), ("linear_before_reset", 1))
            .Output("y", ElementType.Float32, 1, 1, 1, Hidden).Output("hn", ElementType.Float32, 1, 1, Hidden));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("h0 -> hn from zeros: the names say so, type and shape agree", Assert.Single(result.States).ToString());
        Assert.Equal("gru.h", Assert.Single(result.Plan!.Layout.Fields).Name);
        Assert.IsType<RecurrentStepNode>(Assert.Single(result.Plan.Nodes));
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"));
    }

    [Fact]
    public void A_stacked_state_of_two_layers_stays_in_the_row()
    {
        OnnxModel model = StackedLstm();
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(2, result.States.Length);
        Assert.Equal(["one.h", "one.c", "two.h", "two.c"], result.Plan!.Layout.Fields.Select(static field => field.Name));
        Assert.DoesNotContain(result.Plan.Nodes, static node => node is ReadStateNode or WriteStateNode);
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"), ("c0", "cn"));
    }

    [Fact]
    public void A_state_with_a_time_dimension_is_proved_equal_to_the_whole_sequence()
    {
        OnnxModel model = StackedLstm();
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("seq", result.TimeDimension);
        Assert.DoesNotContain(result.Notes, static note => note.Contains("not proved", StringComparison.Ordinal));
        float[][] x = PlanRun.Random(Length, Input);
        float[] whole = PlanRun.Call(model, PlanRun.Sized(("seq", Length)), ("x", x.SelectMany(static row => row).ToArray()))["y"];
        PlanRun.Near(whole, PlanRun.Steps(result.Plan!, x).SelectMany(static row => row).ToArray());
    }

    [Theory]
    [InlineData("faded")]
    [InlineData("forgotten")]
    public void A_state_that_is_more_or_less_than_a_cells_memory_is_not_called_proved(string how)
    {
        OnnxModel model = TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, "seq", 1, Input).Input("h0", ElementType.Float32, 1, 1, Hidden).Weights("gru", 3, Input, Hidden).Weights("top", 3, Hidden, Hidden).Initializer("half", [1], 0.5f).Int64s("axis", 1)
                .Node("Mul", ["h0", "half"], ["faded"]).Recurrent("gru", "GRU", "x", [how == "faded" ? "faded" : "h0"], ["y1", "hn"], ("hidden_size", Hidden)).Node("Squeeze", ["y1", "axis"], ["y"]);
            if (how == "forgotten") graph.Recurrent("top", "GRU", "y", [], ["z"], ("hidden_size", Hidden)).Output("z").Output("hn", ElementType.Float32, 1, 1, Hidden);
            else graph.Output("y").Output("hn", ElementType.Float32, 1, 1, Hidden);
        });
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Contains(how == "faded" ? "'h0' does not simply" : "'top' does not simply", Assert.Single(result.Notes, static note => note.Contains("not proved", StringComparison.Ordinal)), StringComparison.Ordinal);
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"));
    }

    [Fact]
    public void Interleaved_h_and_c_in_one_state_stay_in_the_row()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, Input).Input("memory", ElementType.Float32, 1, 1, Hidden, 2).Weights("lstm", 4, Input, Hidden)
            .Initializer("zero", OnnxTensorOf(0)).Initializer("one", OnnxTensorOf(1)).Int64s("last", 3)
            .Node("Gather", ["memory", "zero"], ["h"], ("axis", 3)).Node("Gather", ["memory", "one"], ["c"], ("axis", 3))
            .Recurrent("lstm", "LSTM", "x", ["h", "c"], ["y", "yh", "yc"], ("hidden_size", Hidden))
            .Node("Unsqueeze", ["yh", "last"], ["uh"]).Node("Unsqueeze", ["yc", "last"], ["uc"]).Node("Concat", ["uh", "uc"], ["memory_out"], ("axis", 3))
            .Output("y", ElementType.Float32, 1, 1, 1, Hidden).Output("memory_out", ElementType.Float32, 1, 1, Hidden, 2));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(["lstm.h", "lstm.c"], result.Plan!.Layout.Fields.Select(static field => field.Name));
        AssertEqualsFedBack(model, result, "x", ("memory", "memory_out"));
    }

    [Fact]
    public void A_state_that_is_computed_with_goes_by_wire()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, Input).Input("h0", ElementType.Float32, 1, 1, Hidden).Weights("gru", 3, Input, Hidden).Initializer("half", [1], 0.5f)
            .Node("Mul", ["h0", "half"], ["faded"]).Recurrent("gru", "GRU", "x", ["faded"], ["y", "hn"], ("hidden_size", Hidden)).Output("y").Output("hn"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("h0", Assert.Single(result.Plan!.Layout.Fields).Name);
        Assert.IsType<ReadStateNode>(result.Plan.Nodes[0]);
        Assert.IsType<WriteStateNode>(result.Plan.Nodes[^1]);
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"));
    }

    [Fact]
    public void A_state_that_an_output_also_shows_goes_by_wire()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, Input).Input("h0", ElementType.Float32, 1, 1, Hidden).Weights("gru", 3, Input, Hidden)
            .Recurrent("gru", "GRU", "x", ["h0"], ["", "hn"], ("hidden_size", Hidden)).Node("Sub", ["hn", "h0"], ["change"]).Output("change").Output("hn"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("h0", Assert.Single(result.Plan!.Layout.Fields).Name);
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"));
    }

    [Fact]
    public void A_state_that_is_itself_an_output_goes_by_wire()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 1, Input).Input("h0", ElementType.Float32, 1, 1, Hidden).Weights("gru", 3, Input, Hidden).Int64s("flat", 1, Hidden)
            .Recurrent("gru", "GRU", "x", ["h0"], ["", "hn"], ("hidden_size", Hidden)).Node("Reshape", ["h0", "flat"], ["before"]).Output("before").Output("hn"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("h0", Assert.Single(result.Plan!.Layout.Fields).Name);
        AssertEqualsFedBack(model, result, "x", ("h0", "hn"));
    }

    [Fact]
    public void Two_states_that_change_places_are_read_before_either_is_written()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, Input).Input("a_in", ElementType.Float32, 1, Input).Input("b_in", ElementType.Float32, 1, Input)
            .Node("Add", ["x", "a_in"], ["y"]).Node("Identity", ["b_in"], ["a_out"]).Node("Add", ["x", "b_in"], ["b_out"]).Output("y").Output("a_out").Output("b_out"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(2, result.States.Length);
        AssertEqualsFedBack(model, result, "x", ("a_in", "a_out"), ("b_in", "b_out"));
    }

    [Fact]
    public void Metadata_declares_pairs_and_initial_values()
    {
        OnnxModel model = TestGraphs.Build(
            static graph => graph.Input("x", ElementType.Float32, 1, 2).Input("foo", ElementType.Float32, 1, 2).Node("Add", ["x", "foo"], ["y"]).Node("Identity", ["y"], ["bar"]).Output("y").Output("bar"),
            more: static writer => writer.Metadata("seqstream.state.foo", "bar;init=ones"));
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal("foo -> bar from ones: metadata 'seqstream.state.foo' says so", Assert.Single(result.States).ToString());
        Assert.Equal([[2f, 3f], [3f, 5f]], PlanRun.Steps<float>(result.Plan!, [[1, 2], [1, 2]]));
    }

    [Fact]
    public void Metadata_that_names_a_missing_output_is_refused()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 2).Input("s", ElementType.Float32, 1, 2).Node("Add", ["x", "s"], ["y"]).Output("y"), more: static writer => writer.Metadata("seqstream.state.s", "nowhere"));
        Assert.Contains("no output 'nowhere'", Assert.Single(TestGraphs.Refused(model)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_inputs_are_no_inputs_of_the_plan_and_choose_branches_and_others_choose_results()
    {
        OnnxGraphWriter fast = new OnnxGraphWriter("fast").Node("Add", ["x", "x"], ["two"]).Output("two"), slow = new OnnxGraphWriter("slow").Node("Neg", ["x"], ["minus"]).Output("minus");
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 2).Input("sr", ElementType.Int64).Initializer("rate", OnnxTensorOf(16000))
            .Node("Equal", ["sr", "rate"], ["is16k"]).Node("If", ["is16k"], ["y"], ("then_branch", fast), ("else_branch", slow)).Output("y"));
        foreach ((long rate, float expected) in new[] { (16000L, 2f), (8000L, -1f) })
        {
            LoweringOptions options = new() { Constants = LoweringOptions.Default.Constants.Add("sr", ConstantTensor.Int64(new TensorShape(), rate)) };
            LoweringResult result = TestGraphs.Lowered(model, options);
            Assert.Equal("x", Assert.Single(result.Plan!.Inputs).Name);
            Assert.Equal(expected, PlanRun.Steps<float>(result.Plan, [[1, 1]])[0][0]);
            using StreamSession session = StreamingModel.FromPlan(TestGraphs.Lowered(model).Plan!).CreateSession();
            new float[] { 1, 1 }.CopyTo(session.Input<float>(0));
            session.Input<long>(1)[0] = rate;
            session.Step();
            Assert.Equal(expected, session.Output<float>(0)[0]);
        }
    }

    [Fact]
    public void All_blocking_nodes_are_named_and_only_at_their_root()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, 2).NamedNode("first", "", "Bogus", ["x"], ["a"]).NamedNode("second", "com.other", "Thing", ["x"], ["b"])
            .Node("Add", ["a", "b"], ["c"]).NamedNode("unused", "", "Bogus", ["x"], ["d"]).Output("c"));
        Assert.Equal(["first", "second"], TestGraphs.Refused(model).Select(static blocker => blocker.Node));
    }

    private static OnnxModel StackedLstm() => TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "seq", "batch", Input)
        .Input("h0", ElementType.Float32, 2, "batch", Hidden).Input("c0", ElementType.Float32, 2, "batch", Hidden)
        .Weights("one", 4, Input, Hidden).Weights("two", 4, Hidden, Hidden).Int64s("start0", 0).Int64s("start1", 1).Int64s("end2", 2).Int64s("axis1", 1).Int64s("axis0", 0)
        .Node("Slice", ["h0", "start0", "start1", "axis0"], ["ha"]).Node("Slice", ["c0", "start0", "start1", "axis0"], ["ca"])
        .Recurrent("one", "LSTM", "x", ["ha", "ca"], ["y1", "ha1", "ca1"], ("hidden_size", Hidden)).Node("Squeeze", ["y1", "axis1"], ["x2"])
        .Node("Slice", ["h0", "start1", "end2", "axis0"], ["hb"]).Node("Slice", ["c0", "start1", "end2", "axis0"], ["cb"])
        .Recurrent("two", "LSTM", "x2", ["hb", "cb"], ["y2", "hb1", "cb1"], ("hidden_size", Hidden)).Node("Squeeze", ["y2", "axis1"], ["y"])
        .Node("Concat", ["ha1", "hb1"], ["hn"], ("axis", 0)).Node("Concat", ["ca1", "cb1"], ["cn"], ("axis", 0))
        .Output("y", ElementType.Float32, "seq", "batch", Hidden).Output("hn", ElementType.Float32, 2, "batch", Hidden).Output("cn", ElementType.Float32, 2, "batch", Hidden));

    private static SeqStream.TestSupport.OnnxTensor OnnxTensorOf(long value) => SeqStream.TestSupport.OnnxTensor.Int64s([], value);

    /// <summary>Steps the plan, and calls the model once for each step with the states it gave the time before.</summary>
    private static void AssertEqualsFedBack(OnnxModel model, LoweringResult result, string input, params (string Input, string Output)[] states)
    {
        int width = result.Plan!.Inputs[0].Shape.ElementCount;
        float[][] x = PlanRun.Random(Length, width);
        float[][] found = PlanRun.Steps(result.Plan, x);
        StepPlan whole = OnnxLowering.LowerWhole(model).PlanOrThrow();
        Dictionary<string, float[]> memory = states.ToDictionary(static pair => pair.Input, pair => new float[whole.Inputs.First(wire => wire.Name == pair.Input).Shape.ElementCount]);
        for (int step = 0; step < Length; step++)
        {
            Dictionary<string, float[]> outputs = PlanRun.Call(model, null, [(input, x[step]), .. memory.Select(static pair => (pair.Key, (Array)pair.Value))]);
            PlanRun.Near(outputs[result.Plan.Outputs[0].Name], found[step]);
            foreach ((string from, string to) in states) memory[from] = outputs[to];
        }
        Assert.Contains(found[^1], static value => value != 0);
    }
}
