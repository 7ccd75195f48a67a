using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;
using SeqStream.Weights;

namespace SeqStream.Oracles;

/// <summary>
/// Models converted to small weights, run by ONNX Runtime and natively, stream by stream in batches that streams join at different times. ONNX Runtime widens the
/// weights and computes in float32. 16-bit forms do the same: 1e-4. Integer forms round activations to 8 bits as well, which moves an answer (a sum of 64 products of
/// a tanh and weights in -1 to 1) by up to 0.04.
/// </summary>
public sealed class StoredWeightsOracleTests
{
    private const int Input = 40, Hidden = 64, Classes = 270, Frames = 40;

    [Theory]
    [InlineData("LSTM", 4, WeightForm.BFloat16, 1e-4f)]
    [InlineData("LSTM", 4, WeightForm.Float16, 1e-4f)]
    [InlineData("LSTM", 4, WeightForm.Int8, 0.08f)]
    [InlineData("LSTM", 4, WeightForm.Int4, 0.08f)]
    [InlineData("GRU", 3, WeightForm.BFloat16, 1e-4f)]
    [InlineData("GRU", 3, WeightForm.Float16, 1e-4f)]
    [InlineData("GRU", 3, WeightForm.Int8, 0.08f)]
    [InlineData("GRU", 3, WeightForm.Int4, 0.08f)]
    public void Onnx_runtime_steps_a_converted_model_near_the_native_executor(string cell, int gates, WeightForm form, float tolerance)
    {
        OrtLibrary library = OrtCall.Library();
        StepModelFile file = StepModelWriter.Write(OnnxLowering.Lower(Model(cell, gates), new LoweringOptions { Weights = form }), new StepModelOptions { Streams = null });
        StepPlan plan = OnnxLowering.Lower(OnnxModel.Parse(file.Bytes, "written")).PlanOrThrow();
        using OrtProgram program = WrittenModel.Load(library, file, "written");
        using IStepExecutor written = program.CreateExecutor(3, 3), native = StreamingModel.FromPlan(plan).CreateExecutor(3, 3);
        int[] writtenSlots = [written.Rent(), written.Rent(), written.Rent()], nativeSlots = [native.Rent(), native.Rent(), native.Rent()];
        Random random = new(3);
        float greatest = 0;
        for (int frame = 0; frame < Frames; frame++)
        {
            int lanes = Math.Min(3, 1 + frame / 5);
            for (int lane = 0; lane < lanes; lane++)
            {
                float[] x = [.. Enumerable.Range(0, Input).Select(_ => (2 * random.NextSingle()) - 1)];
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.AsSpan()).CopyTo(written.Input(0, lane));
                written.Input(0, lane).CopyTo(native.Input(0, lane));
            }
            written.Step(writtenSlots.AsSpan(0, lanes));
            native.Step(nativeSlots.AsSpan(0, lanes));
            for (int lane = 0; lane < lanes; lane++)
            {
                ReadOnlySpan<float> expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(written.Output(0, lane)), found = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(native.Output(0, lane));
                for (int i = 0; i < Classes; i++) greatest = MathF.Max(greatest, MathF.Abs(expected[i] - found[i]));
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cell} {form.ShortName()}: greatest difference {greatest:0.0e+0}");
        Assert.InRange(greatest, 0, tolerance);
        if (form.IsInteger()) Assert.True(greatest > 1e-4f, "Integer products were not run.");
    }

    /// <summary>Not those of 4-bit integers: Debian's package is older than they are, and ONNX Runtime reads them above.</summary>
    [Theory]
    [InlineData(WeightForm.BFloat16)]
    [InlineData(WeightForm.Float16)]
    [InlineData(WeightForm.Int8)]
    public void Onnx_finds_nothing_wrong_with_a_converted_model(WeightForm form)
    {
        string python = OnnxChecker.Require();
        string folder = Directory.CreateTempSubdirectory("seqstream-weights-").FullName;
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            File.WriteAllBytes(path, StepModelWriter.Write(OnnxLowering.Lower(Model("LSTM", 4), new LoweringOptions { Weights = form })).Bytes);
            string complaint = OnnxChecker.Check(python, [path]);
            Assert.Equal("", complaint);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static OnnxModel Model(string cell, int gates)
    {
        Random random = new(11);
        float[] Uniform(int count, float bound) => [.. Enumerable.Range(0, count).Select(_ => ((2 * random.NextSingle()) - 1) * bound)];
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float32, "seq", 1, Input).Initializer("w", [1, gates * Hidden, Input], Uniform(gates * Hidden * Input, 0.2f)).Initializer("r", [1, gates * Hidden, Hidden], Uniform(gates * Hidden * Hidden, 0.2f))
            .Node(cell, ["x", "w", "r"], ["h"], cell == "GRU" ? [("hidden_size", Hidden), ("linear_before_reset", 1)] : [("hidden_size", Hidden)])
            .Int64s("axes", 1, 2).Node("Squeeze", ["h", "axes"], ["s"]).Initializer("m", [Hidden, Classes], Uniform(Hidden * Classes, 1)).Node("MatMul", ["s", "m"], ["y"]).Output("y", ElementType.Float32, "seq", Classes);
        return OnnxModel.Parse(model.ToBytes(), "model");
    }
}
