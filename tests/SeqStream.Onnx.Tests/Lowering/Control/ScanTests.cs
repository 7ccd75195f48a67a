using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Streaming;
using SeqStream.Operators.Control;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering.Control;

/// <summary>Scan and Loop, along the stream and inside a step.</summary>
public sealed class ScanTests
{
    private const int Width = 2, Frames = 7;

    [Fact]
    public void A_scan_along_the_stream_keeps_its_state_in_the_row()
    {
        OnnxModel model = Sum(Body());
        LoweringResult result = TestGraphs.Lowered(model);
        Assert.Equal(["scan.sum"], [.. result.Plan!.Layout.Fields.Select(static field => field.Name)]);
        Assert.DoesNotContain(result.Plan.Nodes, static node => node is ScanNode);
        float[][] x = PlanRun.Random(Frames, Width);
        PlanRun.Near(PlanRun.Call(model, PlanRun.Sized(("seq", Frames)), ("x", x.SelectMany(static frame => frame).ToArray()))["y"], StreamRun.Whole(result, x));
        Assert.Equal(StreamRun.Whole(result, x), StreamRun.Whole(result, x, moveAt: 4));
    }

    [Fact]
    public void A_final_state_belongs_to_the_last_step()
    {
        LoweringResult result = TestGraphs.Lowered(Sum(Body(), answersFinal: true));
        Assert.Equal([OutputTiming.EveryStep, OutputTiming.LastStep], [.. result.Outputs.Select(static output => output.Timing)]);
    }

    [Fact]
    public void A_scan_from_the_end_is_refused_by_name()
    {
        Blocker blocker = Assert.Single(TestGraphs.Refused(Sum(Body(), ("scan_input_directions", new[] { 1 }))));
        Assert.Equal("scan", blocker.Node);
        Assert.Contains("from the end of the stream", blocker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scan_output_put_together_backwards_is_refused_by_name()
        => Assert.Contains("from the end of the stream", Assert.Single(TestGraphs.Refused(Sum(Body(), ("scan_output_directions", new[] { 1 })))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_body_that_sees_the_whole_stream_at_every_trip_is_refused()
        => Assert.Contains("with the whole of the stream's time", TestGraphs.Refused(Sum(Body().Node("ReduceMax", ["x"], ["peak"], ("keepdims", 0)).Node("Add", ["after", "peak"], ["y2"]), answer: "y2"))[0].Reason, StringComparison.Ordinal);

    [Fact]
    public void A_scan_over_features_runs_inside_the_step_and_keeps_nothing()
    {
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 4, Width).Initializer("zero", [1, Width], 0, 0)
            .NamedNode("scan", "", "Scan", ["zero", "x"], ["s", "y"], ("body", Body().Output("after").Output("answer")), ("num_scan_inputs", 1), ("scan_input_axes", new[] { 1 }), ("scan_output_axes", new[] { 1 }), ("scan_input_directions", new[] { 1 }), ("scan_output_directions", new[] { 1 })).Output("y"));
        StepPlan plan = OnnxLowering.LowerWhole(model).PlanOrThrow();
        ScanNode node = Assert.IsType<ScanNode>(Assert.Single(plan.Nodes));
        Assert.Equal((4, 0), (node.Trips, plan.Layout.RowBytes));
        float[][] answers = PlanRun.Steps<float>(plan, [[1, 10, 2, 20, 3, 30, 4, 40], [1, 10, 2, 20, 3, 30, 4, 40]]);
        Assert.Equal([10, 100, 9, 90, 7, 70, 4, 40], answers[0]);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public void Lanes_of_a_batch_equal_their_streams_alone_bit_for_bit()
    {
        StepPlan plan = OnnxLowering.LowerWhole(Sum(Body()), PlanRun.Sized(("seq", Frames))).PlanOrThrow();
        using StreamingModel model = StreamingModel.FromPlan(plan);
        const int lanes = 19;
        using SeqStream.Contracts.IStepExecutor many = model.CreateExecutor(lanes, lanes), one = model.CreateExecutor(1, 1);
        float[][] x = PlanRun.Random(lanes, Frames * Width);
        int[] slots = [.. Enumerable.Range(0, lanes).Select(_ => many.Rent())];
        for (int lane = 0; lane < lanes; lane++) System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(x[lane]).CopyTo(many.Input(0, lane));
        many.Step(slots);
        int alone = one.Rent();
        for (int lane = 0; lane < lanes; lane++)
        {
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(x[lane]).CopyTo(one.Input(0, 0));
            one.Step([alone]);
            Assert.Equal(one.Output(0, 0).ToArray(), many.Output(0, lane).ToArray());
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 20) + 1)]
    public void A_loop_without_bound_is_refused_before_it_runs(long trips)
    {
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, Width).Initializer("trips", SeqStream.TestSupport.OnnxTensor.Int64s([], trips)).Initializer("zero", [1, Width], 0, 0)
            .NamedNode("loop", "", "Loop", ["trips", "", "zero"], ["y"], ("body", Counting())).Node("Add", ["y", "x"], ["z"]).Output("z"));
        Assert.Contains("the limit is", Assert.Single(TestGraphs.Refused(model)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Loops_of_loops_that_would_take_minutes_are_refused_before_they_run()
    {
        OnnxGraphWriter inner = Counting("inner");
        for (int level = 0; level < 3; level++)
        {
            string name = $"level{level}";
            inner = new OnnxGraphWriter(name).Input(name + "i", ElementType.Int64).Input(name + "c", ElementType.Bool).Input(name + "s", ElementType.Float32, 1, Width)
                .NamedNode(name, "", "Loop", ["trips", "", name + "s"], [name + "t"], ("body", inner)).Node("Identity", [name + "c"], [name + "d"]).Output(name + "d").Output(name + "t");
        }
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, Width).Initializer("trips", SeqStream.TestSupport.OnnxTensor.Int64s([], 10_000)).Initializer("zero", [1, Width], 0, 0)
            .NamedNode("loop", "", "Loop", ["trips", "", "zero"], ["y"], ("body", inner)).Node("Add", ["y", "x"], ["z"]).Output("z"));
        Assert.Contains("operations", Assert.Single(TestGraphs.Refused(model)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_loops_that_would_be_written_out_without_end_are_refused()
    {
        OnnxGraphWriter inner = Level(0).Node("Bogus", ["0v"], ["0w"]).Node("Identity", ["0c"], ["0d"]).Output("0d").Output("0w");
        for (int level = 1; level < 30; level++)
        {
            // The number of the trip cuts a constant, which only an unrolled loop can.
            inner = Level(level).Node("Slice", ["table", $"{level}at", "end"], [$"{level}part"]).Node("ReduceMax", [$"{level}part"], [$"{level}most"], ("keepdims", 0)).Node("Add", [$"{level}v", $"{level}most"], [$"{level}u"])
                .NamedNode($"loop{level}", "", "Loop", ["trips", "", $"{level}u"], [$"{level}w"], ("body", inner)).Node("Identity", [$"{level}c"], [$"{level}d"]).Output($"{level}d").Output($"{level}w");
        }
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, Width).Initializer("trips", SeqStream.TestSupport.OnnxTensor.Int64s([], 200)).Int64s("axis", 0).Int64s("end", 300).Random("table", 300)
            .NamedNode("outer", "", "Loop", ["trips", "", "x"], ["y"], ("body", inner)).Output("y"));
        Assert.NotEmpty(TestGraphs.Refused(model));

        static OnnxGraphWriter Level(int level) => new OnnxGraphWriter($"level{level}").Input($"{level}i", ElementType.Int64).Input($"{level}c", ElementType.Bool).Input($"{level}v", ElementType.Float32, 1, Width).Node("Unsqueeze", [$"{level}i", "axis"], [$"{level}at"]);
    }

    [Fact]
    public void A_loop_with_a_condition_ends_each_lane_when_it_is_false()
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("c", ElementType.Bool).Input("v", ElementType.Float32, 1, 1)
            .Initializer("limit", [], 100).Node("Add", ["v", "v"], ["w"]).Node("ReduceMax", ["w"], ["most"], ("keepdims", 0)).Node("Less", ["most", "limit"], ["on"]).Output("on").Output("w");
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, 1, 1).Initializer("trips", SeqStream.TestSupport.OnnxTensor.Int64s([], 50)).NamedNode("loop", "", "Loop", ["trips", "", "x"], ["y"], ("body", body)).Output("y"));
        Assert.Equal([[128f], [192f], [200f]], PlanRun.Steps<float>(TestGraphs.Lowered(model).Plan!, [[1], [3], [100]]));
    }

    [Fact]
    public void A_loop_that_reads_the_stream_otherwise_than_frame_by_frame_is_refused()
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("c", ElementType.Bool).Input("v", ElementType.Float32, 1, Width)
            .Initializer("one", SeqStream.TestSupport.OnnxTensor.Int64s([], 1)).Node("Sub", ["i", "one"], ["before"]).Node("Gather", ["x", "before"], ["frame"]).Node("Add", ["v", "frame"], ["w"]).Node("Identity", ["c"], ["d"])
            .Node("Identity", ["w"], ["answer"]).Output("d").Output("w").Output("answer");
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, "seq", 1, Width).Initializer("zero", [1, Width], 0, 0).Initializer("first", SeqStream.TestSupport.OnnxTensor.Int64s([], 0))
            .Node("Shape", ["x"], ["shape"]).Node("Gather", ["shape", "first"], ["trips"]).NamedNode("loop", "", "Loop", ["trips", "", "zero"], ["last", "y"], ("body", body)).Output("y"));
        Blocker blocker = Assert.Single(TestGraphs.Refused(model));
        Assert.Equal("loop", blocker.Node);
        Assert.Contains("not read frame by frame", blocker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_as_long_as_the_stream_that_reads_nothing_of_it_is_refused()
    {
        OnnxModel model = TestGraphs.Build(graph => graph.Input("x", ElementType.Float32, "seq", 1, Width).Initializer("zero", [1, Width], 0, 0).Initializer("first", SeqStream.TestSupport.OnnxTensor.Int64s([], 0)).Input("v", ElementType.Float32, 1, Width)
            .Node("Shape", ["x"], ["shape"]).Node("Gather", ["shape", "first"], ["trips"]).NamedNode("loop", "", "Loop", ["trips", "", "v"], ["last"], ("body", Counting())).Node("Add", ["x", "last"], ["y"]).Output("y"));
        Assert.Contains(TestGraphs.Refused(model), static blocker => blocker.Node == "loop" && blocker.Reason.Contains("length of the stream", StringComparison.Ordinal));
    }

    /// <summary>after = sum + frame.</summary>
    private static OnnxGraphWriter Body() => new OnnxGraphWriter("body").Input("sum", ElementType.Float32, 1, Width).Input("frame", ElementType.Float32, 1, Width).Node("Add", ["sum", "frame"], ["after"]).Node("Identity", ["after"], ["answer"]);

    /// <summary>v + 1 at every trip.</summary>
    private static OnnxGraphWriter Counting(string name = "count") => new OnnxGraphWriter(name).Input(name + "i", ElementType.Int64).Input(name + "c", ElementType.Bool).Input(name + "v", ElementType.Float32, 1, Width)
        .Initializer(name + "one", [], 1).Node("Add", [name + "v", name + "one"], [name + "w"]).Node("Identity", [name + "c"], [name + "d"]).Output(name + "d").Output(name + "w");

    private static OnnxModel Sum(OnnxGraphWriter body, params SeqStream.TestSupport.OnnxAttribute[] more) => Sum(body, false, "answer", more);

    private static OnnxModel Sum(OnnxGraphWriter body, bool answersFinal = false, string answer = "answer", params SeqStream.TestSupport.OnnxAttribute[] more)
    {
        body.Output("after").Output(answer);
        return TestGraphs.Build(graph =>
        {
            graph.Input("x", ElementType.Float32, "seq", 1, Width).Initializer("start", [1, Width], 0.5f, -0.25f)
                .NamedNode("scan", "", "Scan", ["start", "x"], ["last", "y"], [("body", body), ("num_scan_inputs", 1), .. more]).Output("y");
            if (answersFinal) graph.Output("last");
        });
    }
}
