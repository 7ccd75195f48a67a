using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Step models x [1, places, channels] whose one step makes several trips.</summary>
internal static class TripModels
{
    private const int Places = 5, Channels = 3, Hidden = 2, Total = 7;

    public static IReadOnlyList<string> Kinds => ["scan", "loop", "conditional loop", "quantised lstm"];

    public static byte[] Of(string kind)
    {
        Random random = new(5);
        OnnxModelWriter model = new OnnxModelWriter().Opset("", 17).Opset("com.microsoft", 1);
        OnnxGraphWriter graph = model.Graph;
        // A state makes a step of it, whatever its dimensions are.
        graph.Input("x", ElementType.Float32, kind == "quantised lstm" ? [Places, 1, Channels] : [1, Places, Channels]).Input("s0", ElementType.Float32, 1, Total);
        graph.Initializer("more", [1, Total], Noise(random, Total)).Node("Add", ["s0", "more"], ["s1"]).Node("Transpose", ["s1"], ["total"]);
        switch (kind)
        {
            case "scan": Scan(graph, random); break;
            case "loop": Loop(graph, random); break;
            case "conditional loop": ConditionalLoop(graph, random); break;
            default: QuantisedLstm(graph, random); break;
        }
        graph.Output("total", ElementType.Float32, Total, 1).Output("s1", ElementType.Float32, 1, Total);
        return model.ToBytes();
    }

    /// <summary>Backwards through the places, with a value of the step around it, answers along the last axis in reverse.</summary>
    private static void Scan(OnnxGraphWriter graph, Random random)
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("h", ElementType.Float32, 1, Hidden).Input("frame", ElementType.Float32, 1, Channels)
            .Node("MatMul", ["frame", "w"], ["a"]).Node("MatMul", ["h", "r"], ["b"]).Node("Add", ["a", "b"], ["ab"]).Node("Add", ["ab", "mean"], ["abm"]).Node("Tanh", ["abm"], ["next"]).Node("Neg", ["next"], ["answer"])
            .Output("next", ElementType.Float32, 1, Hidden).Output("answer", ElementType.Float32, 1, Hidden);
        graph.Initializer("w", [Channels, Hidden], Noise(random, Channels * Hidden)).Initializer("r", [Hidden, Hidden], Noise(random, Hidden * Hidden)).Initializer("h0", [1, Hidden], Noise(random, Hidden));
        graph.Node("ReduceMean", ["x"], ["mean"], ("keepdims", 0)).Node("Scan", ["h0", "x"], ["last", "y"], ("body", body), ("num_scan_inputs", 1), ("scan_input_axes", new[] { 1 }), ("scan_input_directions", new[] { 1 }), ("scan_output_axes", new[] { -1 }), ("scan_output_directions", new[] { 1 }));
        graph.Output("last", ElementType.Float32, 1, Hidden).Output("y", ElementType.Float32, 1, Hidden, Places);
    }

    /// <summary>A fixed number of trips that take nothing apart, with two states that change places.</summary>
    private static void Loop(OnnxGraphWriter graph, Random random)
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("going", ElementType.Bool).Input("u", ElementType.Float32, 1, Channels).Input("v", ElementType.Float32, 1, Channels)
            .Node("Identity", ["going"], ["still"]).Node("Cast", ["i"], ["trip"], ("to", (int)ElementType.Float32)).Node("Sin", ["trip"], ["wave"]).Node("Add", ["u", "wave"], ["moved"]).Node("Identity", ["v"], ["other"]).Node("Neg", ["moved"], ["answer"])
            .Output("still", ElementType.Bool).Output("other", ElementType.Float32, 1, Channels).Output("moved", ElementType.Float32, 1, Channels).Output("answer", ElementType.Float32, 1, Channels);
        graph.Initializer("trips", OnnxTensor.Int64s([], 4)).Initializer("always", OnnxTensor.Bools([], true)).Initializer("v0", [1, Channels], Noise(random, Channels));
        graph.Node("ReduceSum", ["x", "one"], ["sum"], ("keepdims", 0)).Int64s("one", 1).Node("Loop", ["trips", "always", "sum", "v0"], ["u1", "v1", "all"], ("body", body));
        graph.Output("u1", ElementType.Float32, 1, Channels).Output("v1", ElementType.Float32, 1, Channels).Output("all", ElementType.Float32, 4, 1, Channels);
    }

    /// <summary>Trips until the sum of a state is small, which streams of one call reach at different trips; one state is a truth.</summary>
    private static void ConditionalLoop(OnnxGraphWriter graph, Random random)
    {
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input("i", ElementType.Int64).Input("going", ElementType.Bool).Input("v", ElementType.Float32, 1, Channels).Input("flag", ElementType.Bool, 1)
            .Node("Mul", ["v", "half"], ["small"]).Node("Gather", ["x", "i"], ["frame"], ("axis", 1)).Node("Mul", ["frame", "little"], ["part"]).Node("Add", ["small", "part"], ["next"]).Node("Not", ["flag"], ["turned"])
            .Node("Abs", ["next"], ["size"]).Node("ReduceMax", ["size"], ["most"], ("keepdims", 0)).Node("Greater", ["most", "bound"], ["again"])
            .Output("again", ElementType.Bool).Output("next", ElementType.Float32, 1, Channels).Output("turned", ElementType.Bool, 1);
        graph.Initializer("half", [], 0.5f).Initializer("little", [], 0.1f).Initializer("bound", [], 0.4f).Initializer("trips", OnnxTensor.Int64s([], Places)).Initializer("f0", OnnxTensor.Bools([1], true)).Int64s("one", 1);
        graph.Node("ReduceSum", ["x", "one"], ["v0"], ("keepdims", 0)).Node("ReduceMax", ["v0"], ["first"], ("keepdims", 0)).Node("Greater", ["first", "bound"], ["begins"]);
        graph.Node("Loop", ["trips", "begins", "v0", "f0"], ["v1", "f1"], ("body", body)).Node("Cast", ["f1"], ["y2"], ("to", (int)ElementType.Float32));
        graph.Output("v1", ElementType.Float32, 1, Channels).Output("y2", ElementType.Float32, 1);
    }

    private static void QuantisedLstm(OnnxGraphWriter graph, Random random)
    {
        sbyte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-100, 100))];
        graph.Initializer("w", OnnxTensor.Of<sbyte>(ElementType.Int8, [1, Channels, 4 * Hidden], Bytes(Channels * 4 * Hidden))).Initializer("r", OnnxTensor.Of<sbyte>(ElementType.Int8, [1, Hidden, 4 * Hidden], Bytes(Hidden * 4 * Hidden)))
            .Initializer("b", [1, 8 * Hidden], Noise(random, 8 * Hidden)).Initializer("s", [1], 0.01f).Initializer("z", OnnxTensor.Of<sbyte>(ElementType.Int8, [1], [0]));
        graph.NamedNode("lstm", "com.microsoft", "DynamicQuantizeLSTM", ["x", "w", "r", "b", "", "", "", "", "s", "z", "s", "z"], ["y", "h"], ("hidden_size", Hidden));
        graph.Output("y", ElementType.Float32, Places, 1, 1, Hidden).Output("h", ElementType.Float32, 1, 1, Hidden);
    }

    private static float[] Noise(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
