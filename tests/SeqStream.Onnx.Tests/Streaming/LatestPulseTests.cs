using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.TestSupport;
using static SeqStream.Onnx.Tests.Streaming.Streamed;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Answers that belong to the last frame, behind windows along time.</summary>
public class LatestPulseTests
{
    [Fact]
    public void The_last_frame_behind_a_convolution_is_the_answer_so_far()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Gather(Convolution(graph, "x", "a", 3, 2, 0), "a", "y"));
        Assert.Equal((OutputTiming.LastStep, 0, -1), (result.Outputs[0].Timing, result.Outputs[0].Delay, result.Outputs[0].Axis));
        OnnxModel model = Model(static graph => Gather(Convolution(graph, "x", "a", 3, 2, 0), "a", "y"));
        float[][] frames = PlanRun.Random(9, Channels);
        float[][] steps = PlanRun.Steps(result.Plan!, frames);
        for (int frame = 0; frame < frames.Length; frame++)
        {
            float[] x = [.. Enumerable.Range(0, Channels).SelectMany(channel => frames.Take(frame + 1).Select(row => row[channel]))];
            PlanRun.Near(PlanRun.Call(model, PlanRun.Sized(("time", frame + 1)), ("x", x))["y"], steps[frame]);
        }
    }

    [Fact]
    public void The_last_frame_behind_a_stride_is_kept_once_the_end_is_known()
        => Assert.Equal(1, AssertEqualsWhole(static graph => Gather(Convolution(graph, "x", "a", 4, 1, 5, 2), "a", "y")).Outputs[0].Delay);

    [Fact]
    public void A_convolution_a_recurrent_layer_and_the_last_frame_answer_once()
        => AssertEqualsWhole(static graph => Gather(Recurrent(Convolution(graph, "x", "a", 5, 2, 2, 3), "a", "r"), "r", "last").Random("w", Channels, 3).Node("MatMul", ["last", "w"], ["m"]).Node("Softmax", ["m"], ["y"], ("axis", -1)));

    [Fact]
    public void The_last_frame_may_be_cut_out()
        => AssertEqualsWhole(static graph => Cut(Convolution(graph, "x", "a", 3, 0, 2), "a", "y", -1, int.MaxValue, 1));

    [Fact]
    public void The_last_frame_of_several_that_a_step_gives_is_taken()
        => AssertEqualsWhole(static graph => Gather(graph.Random("w", Channels, Channels, 3).Node("ConvTranspose", ["x", "w"], ["a"], ("strides", new[] { 3 })), "a", "y"));

    [Fact]
    public void The_last_frame_before_frames_that_are_cut_off_waits_for_the_end()
        => Assert.Equal(3, AssertEqualsWhole(static graph => Gather(Cut(graph, "x", "c", 0, -3, 1), "c", "y")).Outputs[0].Delay);

    [Fact]
    public void Last_frames_of_branches_that_lag_differently_are_final_with_the_later_one()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Gather(Gather(Convolution(graph, "x", "a", 5, 0, 4), "a", "late"), "x", "early").Node("Add", ["early", "late"], ["y"]));
        Assert.Equal(4, result.Outputs[0].Delay);
    }

    [Theory]
    [InlineData("GRU", 3)]
    [InlineData("LSTM", 4)]
    [InlineData("RNN", 1)]
    public void Final_states_behind_a_window_are_those_of_the_last_frame(string cell, int gates)
    {
        string[] states = cell == "LSTM" ? ["h", "c"] : ["h"];
        LoweringResult result = AssertEqualsWhole(graph => Convolution(graph, "x", "a", 4, 1, 3, 2).Weights("cell", gates, Channels, 3).Node("Transpose", ["a"], ["t"], ("perm", new[] { 2, 0, 1 }))
            .Recurrent("cell", cell, "t", [], ["", .. states], ("hidden_size", 3)).Node("Concat", states.Length == 2 ? states : ["h", "h"], ["y"], ("axis", 2)));
        Assert.Equal(OutputTiming.LastStep, result.Outputs[0].Timing);
    }

    [Fact]
    public void Final_states_that_nobody_reads_cost_nothing()
        => Assert.DoesNotContain(AssertEqualsWhole(static graph => Convolution(graph, "x", "a", 3, 2, 0).Weights("cell", 3, Channels, 3).Node("Transpose", ["a"], ["t"], ("perm", new[] { 2, 0, 1 }))
            .Recurrent("cell", "GRU", "t", [], ["y", "h"], ("hidden_size", 3))).Plan!.Nodes, static node => node is RecurrentPulseNode or CountStepsNode);

    [Fact]
    public void Another_frame_than_the_last_is_refused()
        => AssertBlocked("first", "other than the last", static graph => Convolution(graph, "x", "a", 3, 1, 1).Initializer("zero", OnnxTensor.Int64s([], 0)).NamedNode("first", "", "Gather", ["a", "zero"], ["y"], ("axis", 2)));

    [Fact]
    public void The_last_frame_added_to_every_frame_is_refused()
        => AssertBlocked("mix", "last step's value at every step", static graph => Cut(Convolution(graph, "x", "a", 3, 1, 1), "a", "l", -1, int.MaxValue, 1).NamedNode("mix", "", "Add", ["a", "l"], ["y"]));

    [Fact]
    public void The_last_frame_spread_over_the_stream_is_refused()
        => AssertBlocked("spread", "spreads a value", static graph => Cut(Convolution(graph, "x", "a", 3, 1, 1), "a", "l", -1, int.MaxValue, 1).Node("Shape", ["x"], ["s"]).NamedNode("spread", "", "Expand", ["l", "s"], ["y"]));

    private static OnnxGraphWriter Gather(OnnxGraphWriter graph, string x, string y)
        => graph.Initializer(y + ".at", OnnxTensor.Int64s([], -1)).Node("Gather", [x, y + ".at"], [y], ("axis", 2));
}
