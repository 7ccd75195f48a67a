using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;
using static SeqStream.Onnx.Tests.Streaming.Streamed;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Short-time Fourier transforms, and reshapes that make several frames of one or one of several.</summary>
public class FramingPulseTests
{
    [Theory]
    [InlineData(8, 4)]
    [InlineData(5, 3)]
    [InlineData(4, 6)]
    public void A_short_time_fourier_transform_takes_a_step_for_each_hop(int size, int hop)
    {
        LoweringResult result = AssertEqualsWhole(graph => Spectrum(Mix(graph), "m", "y", size, hop));
        Assert.Equal((hop, new StreamLength(hop - size, hop)), (result.FramesPerStep, result.Outputs[0].Length));
    }

    [Fact]
    public void A_short_time_fourier_transform_is_the_sum_over_its_definition()
    {
        const int Size = 6, Hop = 2, Samples = 13;
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, 1, Samples, 1).Initializer("step", OnnxTensor.Int64s([], Hop)).Random("window", Size)
            .Node("STFT", ["x", "step", "window"], ["y"], ("onesided", 0)).Output("y"));
        float[] x = PlanRun.Random(1, Samples)[0], y = PlanRun.Call(model, null, ("x", x))["y"];
        ReadOnlySpan<float> window = model.Graph.Initializers["window"].Value!.Values<float>();
        Assert.Equal((((Samples - Size) / Hop) + 1) * Size * 2, y.Length);
        for (int place = 0; place < y.Length / 2; place++)
        {
            (int frame, int bin) = Math.DivRem(place, Size);
            (double real, double imaginary) = (0, 0);
            for (int n = 0; n < Size; n++)
            {
                (double sine, double cosine) = Math.SinCos(-2 * Math.PI * n * bin / Size);
                real += window[n] * x[(frame * Hop) + n] * cosine;
                imaginary += window[n] * x[(frame * Hop) + n] * sine;
            }
            Assert.Equal(real, y[place * 2], 1e-5);
            Assert.Equal(imaginary, y[(place * 2) + 1], 1e-5);
        }
    }

    [Fact]
    public void A_complex_signal_is_refused()
        => AssertBlocked("stft", "expected real", static graph => graph.Initializer("step", OnnxTensor.Int64s([], 2)).Random("window", 4).Node("Transpose", ["x"], ["t"], ("perm", new[] { 0, 2, 1 }))
            .NamedNode("stft", "", "STFT", ["t", "step", "window"], ["y"]));

    [Fact]
    public void Channels_become_frames()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Reshape(Turn(Convolution(graph, "x", "a", 3, 1, 1), "a", "t"), "t", "y", 0, -1, 1));
        Assert.Equal((2, 2, StreamLength.Source.Times(2)), (result.Outputs[0].Delay, result.Outputs[0].FramesPerStep, result.Outputs[0].Length));
    }

    [Fact]
    public void Frames_become_channels_where_their_number_is_a_multiple()
    {
        LoweringResult result = AssertEqualsWhole(static graph => Reshape(Reshape(Turn(graph, "x", "t"), "t", "s", 0, -1, 1).Node("Tanh", ["s"], ["u"]), "u", "y", 0, -1, 2));
        Assert.Equal((0, 1, StreamLength.Source), (result.Outputs[0].Delay, result.Outputs[0].FramesPerStep, result.Outputs[0].Length));
    }

    [Fact]
    public void Frames_that_lag_by_half_a_group_wait_for_the_other_half()
        => AssertEqualsWhole(static graph => Reshape(graph.Random("w", Channels, Channels, 2).Node("ConvTranspose", ["x", "w"], ["a"], ("strides", new[] { 2 })).Random("v", Channels, Channels, 3)
            .Node("Conv", ["a", "v"], ["b"], ("pads", new[] { 1, 1 })).Node("Transpose", ["b"], ["t"], ("perm", new[] { 0, 2, 1 })), "t", "y", 0, -1, 4));

    private static OnnxGraphWriter Turn(OnnxGraphWriter graph, string x, string y) => graph.Node("Transpose", [x], [y], ("perm", new[] { 0, 2, 1 }));

    private static OnnxGraphWriter Reshape(OnnxGraphWriter graph, string x, string y, params ReadOnlySpan<long> shape) => graph.Int64s(y + ".shape", shape).NamedNode(y + ".reshape", "", "Reshape", [x, y + ".shape"], [y]);

    /// <summary>m: one channel.</summary>
    private static OnnxGraphWriter Mix(OnnxGraphWriter graph) => graph.Random("mix", 1, Channels, 1).Node("Conv", ["x", "mix"], ["m"]);

    private static OnnxGraphWriter Spectrum(OnnxGraphWriter graph, string x, string y, int size, int hop)
        => graph.Initializer("step", OnnxTensor.Int64s([], hop)).Random("window", size).Node("Transpose", [x], [x + ".t"], ("perm", new[] { 0, 2, 1 })).Node("STFT", [x + ".t", "step", "window"], [y]);
}
