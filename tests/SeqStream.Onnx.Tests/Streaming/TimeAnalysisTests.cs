using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Streaming;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Streaming;

public class TimeAnalysisTests
{
    private const int Width = 4;

    [Fact]
    public void The_time_axis_is_followed_through_transposes_reshapes_and_cells()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, "time", Width).Weights("gru", 3, Width, Width).Random("w", Width, 2).Int64s("dir", 1).Int64s("flat", -1, Width)
            .Initializer("end", SeqStream.TestSupport.OnnxTensor.Int64s([], -1))
            .Node("Transpose", ["x"], ["xt"], ("perm", new[] { 1, 0, 2 })).Recurrent("gru", "GRU", "xt", [], ["y4", "h"], ("hidden_size", Width)).Node("Squeeze", ["y4", "dir"], ["y3"])
            .Node("Transpose", ["y3"], ["yb"], ("perm", new[] { 2, 1, 0 })).Node("Transpose", ["yb"], ["back"], ("perm", new[] { 2, 1, 0 })).Node("Reshape", ["back", "flat"], ["rows"]).Node("MatMul", ["rows", "w"], ["m"]).Node("Gather", ["m", "end"], ["last"])
            .Output("m").Output("last").Output("h"));
        Dictionary<string, WireFacts> facts = Facts(model);
        Assert.Equal(WireFacts.EveryStep(1), facts["x"]);
        Assert.Equal(WireFacts.EveryStep(0), facts["xt"]);
        Assert.Equal(WireFacts.EveryStep(0), facts["y4"]);
        Assert.Equal(WireFacts.EveryStep(2), facts["yb"]);
        Assert.Equal(WireFacts.EveryStep(0), facts["m"]);
        Assert.Equal(WireFacts.LastStep, facts["last"]);
        Assert.Equal(WireFacts.LastStep, facts["h"]);
    }

    [Fact]
    public void Inputs_without_time_are_fixed_and_may_be_spread_over_it()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "time", Width).Input("speaker", ElementType.Float32, 1, Width)
            .Node("Shape", ["x"], ["shape"]).Node("Expand", ["speaker", "shape"], ["spread"]).Node("Tanh", ["speaker"], ["s"]).Node("Concat", ["x", "spread"], ["both"], ("axis", 1)).Node("Mul", ["both", "both"], ["y"]).Output("y").Output("s"));
        Dictionary<string, WireFacts> facts = Facts(model);
        Assert.Equal(WireFacts.Fixed, facts["s"]);
        Assert.Equal(WireFacts.EveryStep(0), facts["spread"]);
        Assert.Equal([OutputTiming.EveryStep, OutputTiming.Fixed], TestGraphs.Lowered(model, new LoweringOptions { TimeAxis = new InputAxis("x", 0) }).Outputs.Select(static output => output.Timing));
    }

    private static Dictionary<string, WireFacts> Facts(OnnxModel model)
    {
        FreeDimensions dimensions = new(model, LoweringOptions.Default);
        ConstantFolding folding = new(model);
        GraphTrace Trace(int length) => GraphWalk.Trace(model, dimensions.Wires(dimensions.Free[0], length), new WalkRules(RecurrentRule.Whole(new PackedWeights()), RunsBothBranches: true), folding);
        TimeReport report = TimeAnalysis.Analyse(model, Trace(1), Trace(Probe.ShortLength), Trace(Probe.LongLength), new HashSet<string>());
        Assert.Empty(report.Blockers);
        return report.Facts.ToDictionary(static fact => fact.Key.Name, static fact => fact.Value);
    }
}
