using System.Runtime.InteropServices;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>
/// Whole-sequence models with float16 weights, stepped, against ONNX Runtime. Where only the weights are float16 and are cast, both compute in float32: 1e-5. A graph that is float16
/// throughout rounds every value to 11 bits in either runtime, each in its own places: 4e-3 for values around 1.
/// </summary>
public sealed class HalfOracleTests
{
    private const int Input = 5, Hidden = 8, Frames = 30;

    [Theory]
    [InlineData("GRU", 3)]
    [InlineData("LSTM", 4)]
    [InlineData("RNN", 1)]
    public void Weights_in_float16_that_are_cast_step_as_onnx_runtime_runs_them(string cell, int gates)
    {
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float32, "seq", 1, Input).Initializer("w16", Half(1, gates * Hidden, Input)).Initializer("r16", Half(1, gates * Hidden, Hidden)).Initializer("b16", Half(1, 2 * gates * Hidden))
            .Node("Cast", ["w16"], ["w"], ("to", 1)).Node("Cast", ["r16"], ["r"], ("to", 1)).Node("Cast", ["b16"], ["b"], ("to", 1))
            .Node(cell, ["x", "w", "r", "b"], ["y"], ("hidden_size", Hidden)).Output("y", ElementType.Float32, "seq", 1, 1, Hidden);
        StepsEqualOrt<float>(model, 1e-5f, static value => value, static value => value);
    }

    [Theory]
    [InlineData("GRU", 3)]
    [InlineData("LSTM", 4)]
    [InlineData("RNN", 1)]
    public void Graphs_in_float16_throughout_step_near_onnx_runtime(string cell, int gates)
    {
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float16, "seq", 1, Input).Initializer("w", Half(1, gates * Hidden, Input)).Initializer("r", Half(1, gates * Hidden, Hidden)).Initializer("b", Half(1, 2 * gates * Hidden))
            .Initializer("out", Half(Hidden, 3)).Int64s("axis", 1).Node(cell, ["x", "w", "r", "b"], ["h"], ("hidden_size", Hidden)).Node("Squeeze", ["h", "axis"], ["s"]).Node("MatMul", ["s", "out"], ["m"]).Node("Tanh", ["m"], ["y"])
            .Output("y", ElementType.Float16, "seq", 1, 3);
        StepsEqualOrt(model, 4e-3f, static value => (Half)value, static value => (float)value);
    }

    [Fact]
    public void Weights_in_bfloat16_that_are_cast_step_as_onnx_runtime_runs_them()
    {
        Random random = new(5);
        SeqStream.TestSupport.OnnxTensor Brain(params long[] dimensions)
        {
            ushort[] bits = [.. Enumerable.Range(0, (int)dimensions.Aggregate(1L, static (product, size) => product * size)).Select(_ => (ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() * 2) - 1) >> 16))];
            return SeqStream.TestSupport.OnnxTensor.OfRaw(16, dimensions, MemoryMarshal.AsBytes<ushort>(bits));
        }
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float32, "seq", 1, Input).Initializer("w16", Brain(1, 3 * Hidden, Input)).Initializer("r16", Brain(1, 3 * Hidden, Hidden))
            .Node("Cast", ["w16"], ["w"], ("to", 1)).Node("Cast", ["r16"], ["r"], ("to", 1)).Node("GRU", ["x", "w", "r"], ["y"], ("hidden_size", Hidden)).Output("y", ElementType.Float32, "seq", 1, 1, Hidden);
        StepsEqualOrt<float>(model, 1e-5f, static value => value, static value => value);
    }

    [Fact]
    public void A_float16_layer_behind_a_convolution_along_time_steps_near_the_whole_sequence()
    {
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float16, 1, Input, "seq").Initializer("k", Half(Input, Input, 3)).Initializer("w", Half(1, 3 * Hidden, Input)).Initializer("r", Half(1, 3 * Hidden, Hidden))
            .Node("Conv", ["x", "k"], ["c"], ("kernel_shape", new[] { 3 }), ("pads", new[] { 2, 0 })).Node("Transpose", ["c"], ["t"], ("perm", new[] { 2, 0, 1 })).Node("GRU", ["t", "w", "r"], ["y"], ("hidden_size", Hidden))
            .Output("y", ElementType.Float16, "seq", 1, 1, Hidden);
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Parse(model.ToBytes(), "half"));
        Assert.NotNull(result.PlanOrThrow());
    }

    private static void StepsEqualOrt<T>(OnnxModelWriter writer, float tolerance, Func<float, T> narrow, Func<T, float> widen) where T : unmanaged
    {
        Random random = new(3);
        T[] x = [.. Enumerable.Range(0, Frames * Input).Select(_ => narrow((random.NextSingle() * 2) - 1))];
        ElementType type = typeof(T) == typeof(float) ? ElementType.Float32 : ElementType.Float16;
        using OrtSession session = OrtSession.Load(OrtCall.Library(), writer.ToBytes(), "half");
        T[] whole = session.Run([OrtTensor.Of<T>("x", type, [Frames, 1, Input], x)])["y"].Values<T>().ToArray();
        using StreamSession stream = StreamingModel.FromPlan(OnnxLowering.Lower(OnnxModel.Parse(writer.ToBytes(), "half")).PlanOrThrow()).CreateSession();
        int width = whole.Length / Frames;
        for (int frame = 0; frame < Frames; frame++)
        {
            x.AsSpan(frame * Input, Input).CopyTo(stream.Input<T>(0));
            stream.Step();
            OrtCall.Near([.. whole.AsSpan(frame * width, width).ToArray().Select(widen)], [.. stream.Output<T>(0).ToArray().Select(widen)], tolerance);
        }
    }

    private static SeqStream.TestSupport.OnnxTensor Half(params long[] dimensions)
    {
        Random random = new((int)dimensions.Aggregate(7L, static (seed, size) => (seed * 31) + size));
        long count = dimensions.Aggregate(1L, static (product, size) => product * size);
        return SeqStream.TestSupport.OnnxTensor.Of<Half>(ElementType.Float16, dimensions, [.. Enumerable.Range(0, (int)count).Select(_ => (Half)((random.NextSingle() * 2) - 1))]);
    }
}
