using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Random whole-sequence models: each is either refused, or its steps equal the whole sequence.</summary>
public class RandomModelTests
{
    private const int Width = 4, Length = 7, Models = 1500;

    [Fact]
    public void A_random_model_is_refused_or_its_steps_equal_the_whole_sequence()
    {
        int accepted = 0, refused = 0, lastStep = 0, manyFrames = 0;
        for (int seed = 0; seed < Models; seed++)
        {
            OnnxModel model = Draw(new Random(seed));
            LoweringResult result = OnnxLowering.Lower(model);
            if (result.Plan is null)
            {
                refused++;
                continue;
            }
            accepted++;
            if (result.Outputs[0].Timing == OutputTiming.LastStep) lastStep++;
            if (result.Outputs[0].FramesPerStep > 1) manyFrames++;
            Compare(model, result, seed);
        }
        Assert.True(accepted > Models / 5 && refused > Models / 5 && lastStep > Models / 100 && manyFrames > 0, $"{accepted} accepted, {lastStep} of them last step, {manyFrames} with several frames, {refused} refused");
    }

    private static void Compare(OnnxModel model, LoweringResult result, int seed)
    {
        int frames = Length * result.LengthMultiple;
        float[][] x = PlanRun.Random(frames, Width, seed);
        LoweringOptions sized = PlanRun.Sized(("time", frames));
        float[] whole = PlanRun.Call(model, sized, ("x", x.SelectMany(static row => row).ToArray()))["y"];
        LoweredOutput output = result.Outputs[0];
        float[][] steps = Steps(result, x);
        if (output.Timing != OutputTiming.EveryStep)
        {
            AssertNear(whole, steps[^1], seed, result.Plan!);
            return;
        }
        int before = result.Plan!.Outputs[0].Wire.Shape.ElementCountBetween(0, output.Axis), length = (int)output.Length.Of(frames), after = whole.Length / before / length;
        float[] stitched = new float[whole.Length];
        for (int outer = 0; outer < before; outer++)
        {
            for (int frame = 0; frame < length; frame++)
            {
                (int step, int place) = Math.DivRem(frame + output.Delay, output.FramesPerStep);
                steps[step].AsSpan(((outer * output.FramesPerStep) + place) * after, after).CopyTo(stitched.AsSpan(((outer * length) + frame) * after));
            }
        }
        AssertNear(whole, stitched, seed, result.Plan);
    }

    /// <summary>[step][output elements], with NaN after the last frame.</summary>
    private static float[][] Steps(LoweringResult result, float[][] x)
    {
        using StreamSession session = StreamingModel.FromPlan(result.Plan!).CreateSession();
        List<float[]> steps = [];
        for (int first = 0; steps.Count < result.Outputs[0].StepsFor(x.Length); first += result.FramesPerStep)
        {
            if (first <= x.Length && first + result.FramesPerStep > x.Length) session.End(x.Length);
            for (int frame = 0; frame < result.FramesPerStep; frame++)
            {
                Span<float> input = session.Input<float>(0).Slice(frame * Width, Width);
                if (first + frame < x.Length) x[first + frame].CopyTo(input);
                else input.Fill(float.NaN);
            }
            session.Step();
            steps.Add(session.Output<float>(0).ToArray());
        }
        return [.. steps];
    }

    private static void AssertNear(float[] expected, float[] found, int seed, StepPlan plan)
    {
        Assert.True(expected.Length == found.Length, $"seed {seed}: {expected.Length} and {found.Length} elements\n{plan}");
        for (int i = 0; i < expected.Length; i++) Assert.True(MathF.Abs(expected[i] - found[i]) <= 1e-4f * (1 + MathF.Abs(expected[i])), $"seed {seed}, element {i}: whole {expected[i]}, stepped {found[i]}\n{plan}");
    }

    private static OnnxModel Draw(Random random) => TestGraphs.Build(graph =>
    {
        graph.Input("x", ElementType.Float32, "time", 1, Width).Random("w", Width, Width).Random("scale", Width).Random("bias", Width).Weights("first", 1, Width, Width)
            .Int64s("zero", 0).Int64s("one", 1).Int64s("two", 2).Int64s("minus", -1).Int64s("far", long.MaxValue).Initializer("end", SeqStream.TestSupport.OnnxTensor.Int64s([], -1)).Int64s("flat", -1, 1, Width);
        graph.Recurrent("first", "RNN", "x", [], ["r0"], ("hidden_size", Width)).Node("Squeeze", ["r0", "one"], ["v0"]);
        List<string> earlier = ["x", "v0"];
        string at = "v0";
        int count = random.Next(1, 6);
        for (int step = 1; step <= count; step++)
        {
            string next = $"v{step}", axis = random.Next(3) switch { 0 => "zero", 1 => "one", _ => "two" };
            int number = random.Next(3);
            switch (random.Next(15))
            {
                case 0: graph.Node("Tanh", [at], [next]); break;
                case 1: graph.Node("Add", [at, earlier[random.Next(earlier.Count)]], [next]); break;
                case 2: graph.Node("MatMul", [at, "w"], [next]); break;
                case 3: graph.Node("Transpose", [at], [next], ("perm", (int[])[.. Enumerable.Range(0, 3).OrderBy(_ => random.Next())])); break;
                case 4: graph.Node("Softmax", [at], [next], ("axis", number)); break;
                case 5: graph.Node("ReduceMean", [at], [next], ("axes", new[] { number }), ("keepdims", 1)); break;
                case 6: graph.Node("LayerNormalization", [at, "scale", "bias"], [next], ("axis", -1)); break;
                case 7: graph.Weights($"cell{step}", 3, Width, Width).Recurrent($"cell{step}", "GRU", at, [], [$"q{step}"], ("hidden_size", Width)).Node("Squeeze", [$"q{step}", "one"], [next]); break;
                case 8: graph.Node("Slice", [at, "minus", "far", axis], [next]); break;
                case 9: graph.Node("Slice", [at, "zero", random.Next(2) == 0 ? "far" : "two", axis], [next]); break;
                case 10: graph.Node("Concat", [at, earlier[random.Next(earlier.Count)]], [next], ("axis", number)); break;
                case 11: graph.Node("CumSum", [at, axis], [next]); break;
                case 12: graph.Node("Reshape", [at, "flat"], [next]); break;
                case 13: graph.Node("Mul", [at, "bias"], [next]); break;
                default: graph.Node("MatMul", [at, earlier[random.Next(earlier.Count)]], [next]); break;
            }
            earlier.Add(next);
            at = next;
        }
        graph.Node("Identity", [at], ["y"]).Output("y");
    });
}
