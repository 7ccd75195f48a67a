using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Whole-sequence models x [batch, channels, time] -> y, stepped and compared with the whole sequence.</summary>
internal static class Streamed
{
    public const int Channels = 2;

    public static OnnxGraphWriter Convolution(OnnxGraphWriter graph, string x, string y, int kernel, int before, int after, int stride = 1)
        => graph.Random(y + ".w", Channels, Channels, kernel).NamedNode(y + ".conv", "", "Conv", [x, y + ".w"], [y], ("kernel_shape", new[] { kernel }), ("pads", new[] { before, after }), ("strides", new[] { stride }));

    public static OnnxGraphWriter Pad(OnnxGraphWriter graph, string x, string y, int before, int after, float value)
        => graph.Int64s(y + ".pads", 0, 0, before, 0, 0, after).Initializer(y + ".value", [], value).Node("Pad", [x, y + ".pads", y + ".value"], [y]);

    public static OnnxGraphWriter Cut(OnnxGraphWriter graph, string x, string y, int start, int end, int step)
        => graph.Int64s(y + ".start", start).Int64s(y + ".end", end).Int64s(y + ".axis", 2).Int64s(y + ".step", step).Node("Slice", [x, y + ".start", y + ".end", y + ".axis", y + ".step"], [y]);

    public static OnnxGraphWriter Recurrent(OnnxGraphWriter graph, string x, string y)
        => graph.Weights(y, 3, Channels, Channels).Int64s(y + ".axis", 1).Node("Transpose", [x], [y + ".t"], ("perm", new[] { 2, 0, 1 })).Recurrent(y, "GRU", y + ".t", [], [y + ".g"], ("hidden_size", Channels))
            .Node("Squeeze", [y + ".g", y + ".axis"], [y + ".s"]).Node("Transpose", [y + ".s"], [y], ("perm", new[] { 1, 2, 0 }));

    public static OnnxModel Model(Func<OnnxGraphWriter, OnnxGraphWriter> build)
        => TestGraphs.Build(graph => build(graph.Input("x", ElementType.Float32, "batch", Channels, "time")).Output("y"));

    /// <summary>Steps streams of several lengths, NaN after the end, and compares each output with the whole sequence.</summary>
    public static LoweringResult AssertEqualsWhole(Func<OnnxGraphWriter, OnnxGraphWriter> build, float tolerance = 1e-5f)
    {
        OnnxModel model = Model(build);
        LoweringResult result = TestGraphs.Lowered(model);
        using StreamSession session = StreamingModel.FromPlan(result.Plan!).CreateSession();
        foreach (int asked in (int[])[(int)result.ShortestStream, 13, 18, 24, 25])
        {
            int frames = (asked + result.LengthMultiple - 1) / result.LengthMultiple * result.LengthMultiple;
            float[] x = PlanRun.Random(1, Channels * frames, frames)[0];
            Dictionary<string, float[]> whole = PlanRun.Call(model, PlanRun.Sized(("time", frames)), ("x", x));
            session.Reset();
            List<float[]>[] steps = Run(session, result, x, frames);
            for (int port = 0; port < steps.Length; port++)
            {
                LoweredOutput output = result.Outputs[port];
                if (output.Timing == OutputTiming.EveryStep) PlanRun.Near(whole[output.Name], Stitched(output, steps[port], whole[output.Name].Length, frames, result.Plan!.Outputs[port].Wire.Shape), tolerance);
                else for (int step = (int)output.StepsFor(frames) - 1; step < steps[port].Count; step++) PlanRun.Near(whole[output.Name], steps[port][step], tolerance);
            }
        }
        return result;
    }

    public static void AssertBlocked(string node, string reason, Func<OnnxGraphWriter, OnnxGraphWriter> build)
    {
        Blocker blocker = Assert.Single(TestGraphs.Refused(Model(build)));
        Assert.Equal(node, blocker.Node);
        Assert.Contains(reason, blocker.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(blocker.Remedy);
    }

    private static float[] Stitched(LoweredOutput output, List<float[]> steps, int count, int frames, TensorShape shape)
    {
        int length = (int)output.Length.Of(frames), outer = shape.ElementCountBetween(0, output.Axis), inner = shape.ElementCountBetween(output.Axis + 1, shape.Rank);
        Assert.Equal(length * outer * inner, count);
        float[] found = new float[count];
        for (int element = 0; element < count; element++)
        {
            int frame = (element / inner % length) + output.Delay, row = element / inner / length;
            found[element] = steps[frame / output.FramesPerStep][(((row * output.FramesPerStep) + (frame % output.FramesPerStep)) * inner) + (element % inner)];
        }
        return found;
    }

    private static List<float[]>[] Run(StreamSession session, LoweringResult result, float[] x, int frames)
    {
        List<float[]>[] answers = [.. result.Outputs.Select(static _ => new List<float[]>())];
        for (long step = 0; step <= result.Outputs.Max(output => output.StepsFor(frames)); step++)
        {
            long first = step * result.FramesPerStep;
            if (first + result.FramesPerStep > frames) session.End(frames);
            Span<float> input = session.Input<float>(0);
            for (int element = 0; element < input.Length; element++)
            {
                long frame = first + (element % result.FramesPerStep);
                input[element] = frame < frames ? x[(element / result.FramesPerStep * frames) + frame] : float.NaN;
            }
            session.Step();
            for (int port = 0; port < answers.Length; port++) answers[port].Add(session.Output<float>(port).ToArray());
        }
        return answers;
    }
}
