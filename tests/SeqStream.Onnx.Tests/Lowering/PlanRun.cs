using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Runs plans on numbers.</summary>
internal static class PlanRun
{
    /// <summary>[step][output elements] the first output of a plan with one input, stepped.</summary>
    public static float[][] Steps<T>(StepPlan plan, T[][] features) where T : unmanaged
    {
        using StreamSession session = StreamingModel.FromPlan(plan).CreateSession();
        float[][] outputs = new float[features.Length][];
        for (int step = 0; step < features.Length; step++)
        {
            features[step].CopyTo(session.Input<T>(0));
            session.Step();
            outputs[step] = session.Output<float>(0).ToArray();
        }
        return outputs;
    }

    /// <summary>All outputs of one call of the whole model.</summary>
    public static Dictionary<string, float[]> Call(OnnxModel model, LoweringOptions? options, params (string Name, Array Values)[] inputs)
    {
        StepPlan plan = OnnxLowering.LowerWhole(model, options).PlanOrThrow();
        using StreamSession session = StreamingModel.FromPlan(plan).CreateSession();
        foreach ((string name, Array values) in inputs)
        {
            int port = plan.Inputs.IndexOf(plan.Inputs.First(wire => wire.Name == name));
            if (values is long[] integers) integers.CopyTo(session.Input<long>(port));
            else ((float[])values).CopyTo(session.Input<float>(port));
        }
        session.Step();
        return plan.Outputs.Select((output, port) => (output.Name, Values: session.Output<float>(port).ToArray())).ToDictionary(static pair => pair.Name, static pair => pair.Values);
    }

    public static float[][] Random(int steps, int width, int seed = 5)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, steps).Select(_ => Enumerable.Range(0, width).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
    }

    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, float tolerance = 1e-5f)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int index = 0; index < expected.Length; index++) Assert.True(MathF.Abs(expected[index] - found[index]) <= tolerance, $"element {index}: expected {expected[index]}, found {found[index]}");
    }

    public static LoweringOptions Sized(params (string Key, int Size)[] sizes) => new() { Dimensions = sizes.ToDictionary(static pair => pair.Key, static pair => pair.Size).ToImmutableDictionary() };
}
