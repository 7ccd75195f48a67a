using System.Collections.Immutable;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests;

public sealed class OrtSessionTests
{
    public static TheoryData<ElementType> ElementTypes => [.. Enum.GetValues<ElementType>().Where(static type => type != ElementType.None)];

    [Fact]
    public void Declared_ports_and_metadata_are_those_of_the_model()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("a", ElementType.Float32, "batch", 3, OnnxDimension.Unknown).Input("n", ElementType.Int64)
            .Node("Identity", ["a"], ["b"]).Node("Identity", ["n"], ["m"])
            .Output("b", ElementType.Float32, "batch", 3, OnnxDimension.Unknown).Output("m", ElementType.Int64);
        using OrtSession session = OrtSession.Load(Runtime.Require(), model.Metadata("task", "demo").Metadata("Grüße", "ünï").ToBytes(), "demo");
        Assert.Equal(["a float32 [batch, 3, ?]", "n int64 []"], session.Inputs.Select(static port => port.ToString()));
        Assert.Equal(["b float32 [batch, 3, ?]", "m int64 []"], session.Outputs.Select(static port => port.ToString()));
        Assert.Equal(["batch", null, "a[2]"], Enumerable.Range(0, 3).Select(session.Inputs[0].OpenName));
        Assert.Equal(("demo", "ünï", 2), (session.Metadata["task"], session.Metadata["Grüße"], session.Metadata.Count));
    }

    [Theory, MemberData(nameof(ElementTypes))]
    public void Tensors_of_every_element_type_pass_through_unchanged(ElementType type)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", type, "n", 2).Node("Identity", ["x"], ["y"]).Output("y", type, "n", 2);
        using OrtSession session = OrtSession.Load(Runtime.Require(), model.ToBytes(), "identity");
        foreach (int rows in (int[])[0, 1, 5])
        {
            OrtTensor x = OrtTensor.Zeros("x", type, [rows, 2]);
            for (int i = 0; i < x.Bytes.Length; i++) x.Bytes[i] = (byte)(type == ElementType.Bool ? i & 1 : 1 + i);
            OrtTensor y = session.Run(x)["y"];
            Assert.Equal((type, rows, 2), (y.Type, y.Dimensions[0], y.Dimensions[1]));
            Assert.Equal(x.Bytes, y.Bytes);
        }
    }

    [Fact]
    public void Output_whose_shape_depends_on_the_values_comes_back_in_that_shape()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "n").Node("NonZero", ["x"], ["y"]).Output("y", ElementType.Int64, 1, "found");
        using OrtSession session = OrtSession.Load(Runtime.Require(), model.ToBytes(), "nonzero");
        OrtTensor y = session.Run(OrtTensor.Float32("x", [5], 0, 1, 0, 2, 3))["y"];
        Assert.Equal([1, 3], y.Dimensions);
        Assert.Equal([1L, 3, 4], y.Values<long>().ToArray());
    }

    [Fact]
    public void Every_attribute_kind_and_a_subgraph_reach_the_operators()
    {
        OnnxModelWriter model = new();
        OnnxGraphWriter Branch(string name, float value) => new OnnxGraphWriter(name)
            .Node("Constant", [], [$"{name}_c"], ("value", OnnxTensor.Floats([1], value))).Node("Mul", ["x", $"{name}_c"], [name]).Output(name, ElementType.Float32, "n");
        model.Graph.Input("x", ElementType.Float32, "n").Input("yes", ElementType.Bool)
            .Node("If", ["yes"], ["scaled"], ("then_branch", Branch("twice", 2)), ("else_branch", Branch("thrice", 3)))
            .Node("LeakyRelu", ["scaled"], ["leaky"], ("alpha", 0.5f))
            .Node("Constant", [], ["floats"], ("value_floats", new[] { 10f, 20f }))
            .Node("Constant", [], ["ints"], ("value_ints", new[] { 1L, 2L }))
            .Node("Cast", ["ints"], ["cast"], ("to", (int)ElementType.Float32))
            .Node("Add", ["floats", "cast"], ["sum"])
            .Node("Add", ["leaky", "sum"], ["y"])
            .Output("y", ElementType.Float32, 2);
        using OrtSession session = OrtSession.Load(Runtime.Require(), model.ToBytes(), "attributes");
        float[] Run(bool yes) => session.Run(OrtTensor.Float32("x", [2], 1, -1), OrtTensor.Of("yes", ElementType.Bool, [], [yes]))["y"].Values<float>().ToArray();
        Assert.Equal([13f, 21f], Run(true));
        Assert.Equal([14f, 20.5f], Run(false));
    }

    [Fact]
    public void Absent_file_is_named()
    {
        OrtException exception = Assert.Throws<OrtException>(() => OrtSession.Load(Runtime.Require(), "no/such/model.onnx"));
        Assert.Equal(OrtErrorCode.NoSuchFile, exception.Code);
        Assert.Contains("no/such/model.onnx", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused_with_a_remedy()
    {
        OrtException exception = Assert.Throws<OrtException>(() => OrtSession.Load(Runtime.Require(), [1, 2, 3, 4], "noise"));
        Assert.Contains("'noise' from 4 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Contains("export or download it again", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_and_bytes_of_one_model_have_one_id()
    {
        byte[] bytes = new RecurrentModel("GRU", 2, 3, seed: 1).WholeBytes();
        string path = Path.Combine(AppContext.BaseDirectory, $"grü-{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, bytes);
        try
        {
            using OrtSession fromFile = OrtSession.Load(Runtime.Require(), path);
            using OrtSession fromBytes = OrtSession.Load(Runtime.Require(), bytes, "gru");
            Assert.Equal(fromFile.ModelId, fromBytes.ModelId);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Unknown_missing_and_ill_typed_inputs_are_named_with_what_was_expected()
    {
        using OrtSession session = OrtSession.Load(Runtime.Require(), new RecurrentModel("GRU", 2, 3, seed: 1).WholeBytes(), "gru");
        OrtTensor x = OrtTensor.Float32("x", [1, 1, 2], 1, 2);
        Assert.Contains("no input 'z'. Its inputs are: 'x'", Fails(session, x with { Name = "z" }), StringComparison.Ordinal);
        Assert.Contains("input x float32 [time, batch, 2] was not given", Fails(session), StringComparison.Ordinal);
        Assert.Contains("found x int64 [1, 1, 2], expected x float32 [time, batch, 2]", Fails(session, OrtTensor.Int64("x", [1, 1, 2], 1, 2)), StringComparison.Ordinal);
        Assert.Contains("Expected: 2", Fails(session, OrtTensor.Float32("x", [1, 1, 3], 1, 2, 3)), StringComparison.Ordinal);
        Assert.Contains("expected", Fails(session, x with { Bytes = [1] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_provider_is_refused_with_the_list_of_those_there()
    {
        OrtSessionOptions options = new() { Providers = [new OrtProvider("NoSuchExecutionProvider")] };
        OrtException exception = Assert.Throws<OrtException>(() => OrtSession.Load(Runtime.Require(), new RecurrentModel("GRU", 2, 3, seed: 1).WholeBytes(), "gru", options));
        Assert.Equal(OrtErrorCode.ProviderFailure, exception.Code);
        Assert.Contains("CPUExecutionProvider", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_that_cannot_start_is_refused_with_a_remedy()
    {
        const string provider = "TensorrtExecutionProvider";
        Assert.SkipUnless(Runtime.Require().Providers.Contains(provider), $"This library does not know {provider}, which is used here as one that cannot start by its name alone.");
        OrtSessionOptions options = new() { Providers = [new OrtProvider(provider)] };
        OrtException exception = Assert.Throws<OrtException>(() => OrtSession.Load(Runtime.Require(), new RecurrentModel("GRU", 2, 3, seed: 1).WholeBytes(), "gru", options));
        Assert.Equal(OrtErrorCode.ProviderFailure, exception.Code);
        Assert.Contains("leave it out to run on the processor", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_do_not_change_results_beyond_rounding()
    {
        byte[] bytes = new RecurrentModel("LSTM", 4, 8, seed: 5).WholeBytes();
        OrtTensor x = OrtTensor.Float32("x", [6, 1, 4], Runtime.Noise(24, seed: 6));
        using OrtSession plain = OrtSession.Load(Runtime.Require(), bytes, "plain");
        using OrtSession other = OrtSession.Load(Runtime.Require(), bytes, "other", new OrtSessionOptions
        {
            IntraOpThreads = 2,
            InterOpThreads = 2,
            Optimization = OrtOptimization.None,
            Providers = [new OrtProvider("CPUExecutionProvider")],
            Settings = ImmutableDictionary<string, string>.Empty.Add("session.set_denormal_as_zero", "1"),
        });
        Runtime.AssertClose(plain.Run(x)["y"].Values<float>(), other.Run(x)["y"].Values<float>(), 1e-6f, "y");
    }

    [Fact]
    public void Disposed_session_refuses_to_run()
    {
        OrtSession session = OrtSession.Load(Runtime.Require(), new RecurrentModel("GRU", 2, 3, seed: 1).WholeBytes(), "gru");
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(OrtTensor.Float32("x", [1, 1, 2], 1, 2)));
    }

    private static string Fails(OrtSession session, params OrtTensor[] inputs)
    {
        OrtException exception = Assert.Throws<OrtException>(() => session.Run(inputs));
        Assert.Equal(OrtErrorCode.InvalidArgument, exception.Code);
        Assert.Contains("'gru'", exception.Message, StringComparison.Ordinal);
        return exception.Message;
    }
}
