using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Fuzzing;

/// <summary>Small models of every form that the lowering knows: steps with states, whole sequences, windows along time, branches, quantized layers.</summary>
internal static class SeedModels
{
    public static IEnumerable<byte[]> All()
    {
        yield return StepModel();
        foreach (string @operator in (string[])["RNN", "GRU", "LSTM"])
        {
            yield return Sequence(@operator, "forward");
            yield return Sequence(@operator, "bidirectional");
        }
        yield return Windows(causal: true);
        yield return Windows(causal: false);
        yield return Branches();
        yield return Quantized();
        yield return SmallWeights();
        yield return Body("Scan");
        yield return Body("Loop");
    }

    private static byte[] StepModel()
    {
        OnnxModelWriter model = new();
        Weights(model.Graph, "l", 4, 3, 2, 1).Input("x", ElementType.Float32, 1, 1, 3).Input("h", ElementType.Float32, 1, 1, 2).Input("c", ElementType.Float32, 1, 1, 2)
            .Node("LSTM", ["x", "l.W", "l.R", "l.B", "", "h", "c"], ["y", "hn", "cn"], ("hidden_size", 2))
            .Node("Squeeze", ["y", "axes"], ["z"]).Int64s("axes", 0).Initializer("w", [2, 2], 1, 2, 3, 4).Node("MatMul", ["z", "w"], ["s"]).Node("Softmax", ["s"], ["p"])
            .Output("p").Output("hn", ElementType.Float32, 1, 1, 2).Output("cn", ElementType.Float32, 1, 1, 2);
        return model.Metadata("seqstream.state.h", "hn").ToBytes();
    }

    private static byte[] Sequence(string @operator, string direction)
    {
        int directions = direction == "bidirectional" ? 2 : 1, gates = @operator switch { "RNN" => 1, "GRU" => 3, _ => 4 };
        OnnxModelWriter model = new();
        Weights(model.Graph, "r", gates, 3, 2, directions).Input("x", ElementType.Float32, "batch", "time", 3).Node("Transpose", ["x"], ["t"], ("perm", new[] { 1, 0, 2 }))
            .Node(@operator, ["t", "r.W", "r.R", "r.B"], ["y", "yh"], ("hidden_size", 2), ("direction", direction), ("activations", Activations(@operator, directions)))
            .Node("Transpose", ["y"], ["back"], ("perm", new[] { 2, 0, 1, 3 })).Int64s("shape", 0, 0, -1).Node("Reshape", ["back", "shape"], ["flat"])
            .Initializer("w", [2 * directions, 2], new float[4 * directions]).Node("MatMul", ["flat", "w"], ["m"]).Node("Relu", ["m"], ["out"]).Output("out", ElementType.Float32, "batch", "time", 2);
        return model.ToBytes();
    }

    private static string[] Activations(string @operator, int directions)
    {
        string[] one = @operator switch { "RNN" => ["Tanh"], "GRU" => ["Sigmoid", "Tanh"], _ => ["Sigmoid", "Tanh", "Tanh"] };
        return directions == 1 ? one : [.. one, .. one];
    }

    /// <summary>Weights of 16, 8 and 4 bits before recurrent and dense layers.</summary>
    private static byte[] SmallWeights()
    {
        OnnxModelWriter model = new(21);
        model.Graph.Input("x", ElementType.Float32, "time", 1, 9)
            .Initializer("wq", OnnxTensor.Of<sbyte>(ElementType.Int8, [1, 8, 9], [.. Enumerable.Range(-36, 72).Select(static i => (sbyte)i)])).Initializer("ws", [8], 1, 2, 3, 4, 5, 6, 7, 8).Node("DequantizeLinear", ["wq", "ws"], ["w"], ("axis", 1))
            .Initializer("rq", OnnxTensor.OfRaw(22, [1, 8, 2], [1, 2, 3, 4, 5, 6, 7, 8])).Initializer("rs", [1, 8, 1], 1, 2, 3, 4, 5, 6, 7, 8).Node("DequantizeLinear", ["rq", "rs"], ["r"], ("axis", 2), ("block_size", 2))
            .Node("LSTM", ["x", "w", "r"], ["h"], ("hidden_size", 2)).Int64s("axes", 1, 2).Node("Squeeze", ["h", "axes"], ["s"])
            .Initializer("mq", OnnxTensor.OfRaw(16, [2, 3], [0, 63, 0, 64, 0, 65, 1, 63, 2, 64, 3, 65])).Node("Cast", ["mq"], ["m"], ("to", 1)).Node("MatMul", ["s", "m"], ["y"]).Output("y", ElementType.Float32, "time", 3);
        return model.Metadata("seqstream.weights", "int8").ToBytes();
    }

    private static byte[] Windows(bool causal)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, 2, "time").Int64s("pads", 0, 0, 2, 0, 0, 0).Initializer("w", [3, 2, 3], new float[18]).Initializer("b", [3], 1, 2, 3)
            .Node("Pad", ["x", "pads"], ["p"]).Node("Conv", [causal ? "p" : "x", "w", "b"], ["c"], ("kernel_shape", new[] { 3 }), ("pads", causal ? [0, 0] : new[] { 1, 1 }), ("strides", new[] { causal ? 1 : 2 }))
            .Node("LeakyRelu", ["c"], ["r"], ("alpha", 0.2f)).Node("MaxPool", ["r"], ["m"], ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 })).Node("AveragePool", ["r"], ["a"], ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }))
            .Node("Concat", ["m", "a"], ["out"], ("axis", 1)).Int64s("start", 0).Int64s("end", 5).Int64s("axis", 1).Node("Slice", ["out", "start", "end", "axis"], ["cut"]).Output("cut");
        return model.ToBytes();
    }

    private static byte[] Branches()
    {
        OnnxModelWriter model = new();
        OnnxGraphWriter then = new OnnxGraphWriter("then").Node("Relu", ["x"], ["t"]).Output("t"), @else = new OnnxGraphWriter("else").Node("Neg", ["x"], ["e"]).Output("e");
        model.Graph.Input("x", ElementType.Float32, 1, 4).Input("sr", ElementType.Int64).Initializer("rate", OnnxTensor.Int64s([], 16000)).Initializer("always", OnnxTensor.Bools([], true))
            .Node("Equal", ["sr", "rate"], ["is16"]).Node("If", ["always"], ["a"], ("then_branch", then), ("else_branch", @else)).Node("If", ["is16"], ["b"], ("then_branch", then), ("else_branch", @else))
            .Node("Add", ["a", "a"], ["s"]).Output("s");
        return model.ToBytes();
    }

    private static byte[] Quantized()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, 4).Initializer("scale", OnnxTensor.Floats([], 0.1f)).Initializer("zero", OnnxTensor.Of(ElementType.UInt8, [], (ReadOnlySpan<byte>)[128]))
            .Initializer("w", OnnxTensor.Of(ElementType.Int8, [4, 2], (ReadOnlySpan<sbyte>)[1, -2, 3, -4, 5, -6, 7, -8]))
            .Node("QuantizeLinear", ["x", "scale", "zero"], ["q"]).Node("DequantizeLinear", ["q", "scale", "zero"], ["d"]).Node("DynamicQuantizeLinear", ["d"], ["dq", "ds", "dz"])
            .Node("MatMulInteger", ["dq", "w", "dz"], ["i"]).Node("Cast", ["i"], ["f"], ("to", 1)).Node("Mul", ["f", "ds"], ["y"]).Output("y");
        return model.ToBytes();
    }

    private static byte[] Body(string @operator)
    {
        OnnxModelWriter model = new();
        OnnxGraphWriter body = new("body");
        if (@operator == "Scan")
        {
            body.Input("s", ElementType.Float32, 2).Input("v", ElementType.Float32, 2).Node("Add", ["s", "v"], ["s2"]).Node("Tanh", ["s2"], ["o"]).Output("s2", ElementType.Float32, 2).Output("o", ElementType.Float32, 2);
            model.Graph.Input("x", ElementType.Float32, "time", 2).Initializer("start", [2], 0, 0).Node("Scan", ["start", "x"], ["last", "y"], ("body", body), ("num_scan_inputs", 1)).Output("y");
        }
        else
        {
            body.Input("i", ElementType.Int64).Input("c", ElementType.Bool).Input("s", ElementType.Float32, 2).Node("Gather", ["x", "i"], ["v"]).Node("Add", ["s", "v"], ["s2"]).Node("Identity", ["c"], ["c2"]).Output("c2", ElementType.Bool).Output("s2", ElementType.Float32, 2);
            model.Graph.Input("x", ElementType.Float32, "time", 2).Initializer("start", [2], 0, 0).Initializer("n", OnnxTensor.Int64s([], 3)).Initializer("t", OnnxTensor.Bools([], true)).Node("Loop", ["n", "t", "start"], ["y"], ("body", body)).Output("y");
        }
        return model.ToBytes();
    }

    private static OnnxGraphWriter Weights(OnnxGraphWriter graph, string name, int gates, int input, int hidden, int directions)
    {
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(static index => ((index * 37 % 19) - 9) / 10f)];
        return graph.Initializer(name + ".W", [directions, gates * hidden, input], Values(directions * gates * hidden * input))
            .Initializer(name + ".R", [directions, gates * hidden, hidden], Values(directions * gates * hidden * hidden)).Initializer(name + ".B", [directions, 2 * gates * hidden], Values(directions * 2 * gates * hidden));
    }
}
