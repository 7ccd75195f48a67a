using System.Globalization;
using System.Runtime.InteropServices;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Operators on quantised values against ONNX Runtime.</summary>
public sealed class QuantizedOracleTests
{
    private const int Rows = 4, Inner = 7, Columns = 5, Hidden = 6, Steps = 40;
    private const string Microsoft = "com.microsoft";
    private readonly Random _random = new(11);

    [Theory]
    [InlineData("QLinearAdd")]
    [InlineData("QLinearMul")]
    public void Pairs_of_quantised_values_have_the_same_bytes(string @operator)
    {
        OnnxModelWriter model = Model();
        model.Graph.Input("a", ElementType.UInt8, Rows, Inner).Input("b", ElementType.UInt8, Rows, Inner);
        Scalars(model.Graph, 0.11f, 120).NamedNode("node", Microsoft, @operator, ["a", "s", "z", "b", "s", "z", "s", "z"], ["y"]).Output("y", ElementType.UInt8, Rows, Inner);
        OrtCall.AssertEqual(model, 0, Bytes("a", Rows, Inner), Bytes("b", Rows, Inner));
    }

    [Theory]
    [InlineData("QLinearSigmoid")]
    [InlineData("QLinearLeakyRelu")]
    public void Functions_of_quantised_values_have_the_same_bytes(string @operator)
    {
        OnnxModelWriter model = Model();
        model.Graph.Input("a", ElementType.UInt8, Rows, Inner).Initializer("t", [], 1f / 256);
        Scalars(model.Graph, 0.05f, 128).NamedNode("node", Microsoft, @operator, ["a", "s", "z", @operator == "QLinearSigmoid" ? "t" : "s", "z"], ["y"], @operator == "QLinearSigmoid" ? [] : [("alpha", 0.2f)]).Output("y", ElementType.UInt8, Rows, Inner);
        OrtCall.AssertEqual(model, 0, Bytes("a", Rows, Inner));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_quantised_convolution_has_the_same_bytes(bool byChannel)
    {
        OnnxModelWriter model = Model(13);
        model.Graph.Input("a", ElementType.UInt8, 1, 3, 9).Initializer("w", Tensor(ElementType.Int8, 4, 3, 3)).Initializer("ws", byChannel ? [4] : [], byChannel ? [0.02f, 0.05f, 0.011f, 0.03f] : [0.02f])
            .Initializer("wz", SeqStream.TestSupport.OnnxTensor.Of<sbyte>(ElementType.Int8, byChannel ? [4] : [], byChannel ? [0, 0, 0, 0] : [0])).Initializer("bias", SeqStream.TestSupport.OnnxTensor.Int32s([4], 100, -2000, 30, 4));
        Scalars(model.Graph, 0.07f, 131).Node("QLinearConv", ["a", "s", "z", "w", "ws", "wz", "s", "z", "bias"], ["y"], ("kernel_shape", new[] { 3 }), ("pads", new[] { 1, 2 }), ("strides", new[] { 2 })).Output("y", ElementType.UInt8, 1, 4, 5);
        OrtCall.AssertEqual(model, 0, Bytes("a", 1, 3, 9));
    }

    [Fact]
    public void A_convolution_of_integers_is_exact()
    {
        OnnxModelWriter model = Model(13);
        model.Graph.Input("a", ElementType.UInt8, 1, 3, 9).Initializer("w", Tensor(ElementType.UInt8, 4, 3, 3)).Initializer("wz", SeqStream.TestSupport.OnnxTensor.Of<byte>(ElementType.UInt8, [], [99]));
        Scalars(model.Graph, 1, 77).Node("ConvInteger", ["a", "w", "z", "wz"], ["y"], ("kernel_shape", new[] { 3 }), ("pads", new[] { 1, 1 })).Output("y", ElementType.Int32, 1, 4, 9);
        OrtCall.AssertEqual(model, 0, Bytes("a", 1, 3, 9));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_quantised_gemm_equals_onnx_runtime(bool isQuantised)
    {
        OnnxModelWriter model = Model();
        model.Graph.Input("a", ElementType.UInt8, Rows, Inner).Initializer("b", Tensor(ElementType.UInt8, Columns, Inner)).Initializer("c", SeqStream.TestSupport.OnnxTensor.Int32s([Columns], 5, -700, 90, 0, 1));
        string[] inputs = isQuantised ? ["a", "s", "z", "b", "s", "z", "c", "big", "z"] : ["a", "s", "z", "b", "s", "z", "c"];
        Scalars(model.Graph, 0.03f, 128).Initializer("big", [], 0.5f).NamedNode("node", Microsoft, "QGemm", inputs, ["y"], ("transB", 1), ("alpha", 0.5f)).Output("y", isQuantised ? ElementType.UInt8 : ElementType.Float32, Rows, Columns);
        OrtCall.AssertEqual(model, 1e-5f, Bytes("a", Rows, Inner));
    }

    [Fact]
    public void Products_with_float_results_equal_onnx_runtime()
    {
        OnnxModelWriter model = Model();
        model.Graph.Input("x", ElementType.Float32, Rows, Inner).Input("a", ElementType.UInt8, Rows, Inner).Initializer("b", Tensor(ElementType.Int8, Inner, Columns)).Initializer("bs", [Columns], 0.1f, 0.2f, 0.05f, 0.01f, 0.3f)
            .Initializer("bz", SeqStream.TestSupport.OnnxTensor.Of<sbyte>(ElementType.Int8, [Columns], [0, 0, 0, 0, 0])).Initializer("bias", [Columns], 1, -2, 3, 0, 0.5f).Initializer("f", [Columns, Inner], Noise(Columns * Inner));
        Scalars(model.Graph, 0.02f, 128).NamedNode("one", Microsoft, "DynamicQuantizeMatMul", ["x", "b", "bs", "bz", "bias"], ["y1"]).NamedNode("two", Microsoft, "MatMulIntegerToFloat", ["a", "b", "s", "bs", "z", "bz", "bias"], ["y2"])
            .NamedNode("three", Microsoft, "FusedMatMul", ["x", "f"], ["y3"], ("transB", 1), ("alpha", 0.25f))
            .Output("y1", ElementType.Float32, Rows, Columns).Output("y2", ElementType.Float32, Rows, Columns).Output("y3", ElementType.Float32, Rows, Columns);
        OrtCall.AssertEqual(model, 1e-5f, OrtTensor.Float32("x", [Rows, Inner], Noise(Rows * Inner)), Bytes("a", Rows, Inner));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_quantised_lstm_equals_onnx_runtime_in_one_call_and_step_by_step(bool byColumn)
    {
        float[] x = Noise(Steps * Inner);
        OnnxModelWriter whole = Lstm(Steps, byColumn), one = Lstm(1, byColumn);
        OrtTensor zeros = OrtTensor.Zeros("", ElementType.Float32, [1, 1, Hidden]);
        float[] atOnce = Run(whole, OrtTensor.Float32("x", [Steps, 1, Inner], x), zeros with { Name = "h0" }, zeros with { Name = "c0" })["y"].Values<float>().ToArray();
        OrtCall.AssertEqual(whole, 1e-4f, OrtTensor.Float32("x", [Steps, 1, Inner], x), zeros with { Name = "h0" }, zeros with { Name = "c0" });
        LoweringResult result = OnnxLowering.Lower(OnnxModel.Parse(one.ToBytes(), "step"));
        Assert.Equal(2, result.States.Length);
        using StreamSession session = StreamingModel.FromPlan(result.PlanOrThrow()).CreateSession();
        (OrtTensor h, OrtTensor c) = (zeros, zeros);
        float deviation = 0;
        for (int step = 0; step < Steps; step++)
        {
            IReadOnlyDictionary<string, OrtTensor> answer = Run(one, OrtTensor.Float32("x", [1, 1, Inner], x.AsSpan(step * Inner, Inner)), h with { Name = "h0" }, c with { Name = "c0" });
            (h, c) = (answer["h"], answer["c"]);
            x.AsSpan(step * Inner, Inner).CopyTo(session.Input<float>(0));
            session.Step();
            OrtCall.Near(answer["y"].Values<float>(), session.Output<float>(0), 1e-4f);
            for (int unit = 0; unit < Hidden; unit++) deviation = MathF.Max(deviation, MathF.Abs(answer["y"].Values<float>()[unit] - atOnce[(step * Hidden) + unit]));
        }
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime, one call of {Steps} steps against {Steps} calls: greatest deviation {deviation:0.#####}"));
        Assert.True(deviation > 0, "one call takes the range of all steps, so the numbers should differ");
    }

    [Fact]
    public void A_quantised_lstm_along_the_stream_is_refused_by_name()
    {
        OnnxModelWriter model = Model();
        LstmNode(model.Graph.Input("x", ElementType.Float32, "seq", 1, Inner), false, "", "").Output("y", ElementType.Float32, "seq", 1, 1, Hidden);
        Blocker blocker = Assert.Single(OnnxLowering.Lower(OnnxModel.Parse(model.ToBytes(), "whole")).Blockers);
        Assert.Equal("lstm", blocker.Node);
        Assert.Contains("range", blocker.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_over_the_whole_stream_is_refused_by_name()
    {
        OnnxModelWriter model = new(17);
        model.Graph.Input("x", ElementType.Float32, "seq", Inner).NamedNode("range", "", "DynamicQuantizeLinear", ["x"], ["q", "s", "z"]).Node("DequantizeLinear", ["q", "s", "z"], ["y"]).Output("y", ElementType.Float32, "seq", Inner);
        Blocker blocker = Assert.Single(OnnxLowering.Lower(OnnxModel.Parse(model.ToBytes(), "whole")).Blockers);
        Assert.Equal("range", blocker.Node);
    }

    private OnnxModelWriter Lstm(int steps, bool byColumn)
    {
        OnnxModelWriter model = Model();
        LstmNode(model.Graph.Input("x", ElementType.Float32, steps, 1, Inner).Input("h0", ElementType.Float32, 1, 1, Hidden).Input("c0", ElementType.Float32, 1, 1, Hidden), byColumn, "h0", "c0")
            .Output("y", ElementType.Float32, steps, 1, 1, Hidden).Output("h", ElementType.Float32, 1, 1, Hidden).Output("c", ElementType.Float32, 1, 1, Hidden);
        return model;
    }

    private static OnnxGraphWriter LstmNode(OnnxGraphWriter graph, bool byColumn, string h, string c)
    {
        Random random = new(23);
        sbyte[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))];
        int columns = 4 * Hidden;
        long[] shape = byColumn ? [1, columns] : [1];
        float[] scales = [.. Enumerable.Range(0, byColumn ? columns : 1).Select(_ => 0.004f + (random.NextSingle() * 0.004f))];
        return graph.Initializer("w", SeqStream.TestSupport.OnnxTensor.Of<sbyte>(ElementType.Int8, [1, Inner, columns], Weights(Inner * columns))).Initializer("r", SeqStream.TestSupport.OnnxTensor.Of<sbyte>(ElementType.Int8, [1, Hidden, columns], Weights(Hidden * columns)))
            .Initializer("b", [1, 2 * columns], [.. Enumerable.Range(0, 2 * columns).Select(_ => random.NextSingle() - 0.5f)]).Initializer("scales", shape, scales)
            .Initializer("zeros", SeqStream.TestSupport.OnnxTensor.Of<sbyte>(ElementType.Int8, shape, new sbyte[byColumn ? columns : 1]))
            .NamedNode("lstm", Microsoft, "DynamicQuantizeLSTM", ["x", "w", "r", "b", "", h, c, "", "scales", "zeros", "scales", "zeros"], ["y", "h", "c"], ("hidden_size", Hidden));
    }

    private static IReadOnlyDictionary<string, OrtTensor> Run(OnnxModelWriter model, params OrtTensor[] inputs)
    {
        using OrtSession session = OrtSession.Load(OrtCall.Library(), model.ToBytes(), "model");
        return session.Run(inputs);
    }

    private static OnnxModelWriter Model(int opset = 17) => new OnnxModelWriter(opset).Opset(Microsoft, 1);

    private static OnnxGraphWriter Scalars(OnnxGraphWriter graph, float scale, byte zero) => graph.Initializer("s", [], scale).Initializer("z", SeqStream.TestSupport.OnnxTensor.Of<byte>(ElementType.UInt8, [], [zero]));

    private SeqStream.TestSupport.OnnxTensor Tensor(ElementType type, params long[] dimensions) => SeqStream.TestSupport.OnnxTensor.Of<byte>(type, dimensions, Random(dimensions));

    private OrtTensor Bytes(string name, params long[] dimensions) => OrtTensor.Of<byte>(name, ElementType.UInt8, dimensions, Random(dimensions));

    private byte[] Random(long[] dimensions)
    {
        byte[] bytes = new byte[dimensions.Aggregate(1L, static (product, size) => product * size)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 4) - 2)];
}
