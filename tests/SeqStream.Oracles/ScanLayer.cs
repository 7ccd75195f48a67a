using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>A random recurrent layer written as a Scan or a Loop along the last axis of a value [batch, channels, time].</summary>
/// <param name="random">Chooses the body.</param>
/// <param name="graph">The graph around it.</param>
/// <param name="name">Makes names.</param>
internal sealed class ScanLayer(Random random, OnnxGraphWriter graph, Func<string> name)
{
    private readonly int _hidden = random.Next(1, 4);
    private readonly bool _hasSum = random.Next(2) == 0;
    private readonly bool _counts = random.Next(3) == 0;
    private readonly bool _chooses = random.Next(3) == 0;

    /// <summary>Channels of the result.</summary>
    public int Channels => _hidden;

    /// <summary>What was chosen.</summary>
    public override string ToString() => $"hidden {_hidden}{(_hasSum ? " with sum" : "")}{(_counts ? " counting" : "")}{(_chooses ? " choosing" : "")}";

    /// <summary>Writes a Scan; answers the name of its output [batch, hidden, time].</summary>
    public string Scan(string wire, int channels)
    {
        string h = name(), sum = name(), x = name(), y = name();
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input(h, ElementType.Float32, 1, _hidden);
        List<string> inputs = [Stored(1, _hidden)], outputs = [name()];
        if (_hasSum)
        {
            body.Input(sum, ElementType.Float32, 1, _hidden);
            inputs.Add(Stored(1, _hidden));
            outputs.Add(name());
        }
        body.Input(x, ElementType.Float32, 1, channels);
        (string after, string total, string answer) = Body(body, x, h, sum, counter: null, channels);
        body.Output(after, ElementType.Float32, 1, _hidden);
        if (_hasSum) body.Output(total, ElementType.Float32, 1, _hidden);
        body.Output(answer, ElementType.Float32, 1, _hidden);
        graph.Node("Scan", [.. inputs, wire], [.. outputs, y], ("body", body), ("num_scan_inputs", 1), ("scan_input_axes", new[] { 2 }), ("scan_output_axes", new[] { random.Next(2) == 0 ? 2 : -1 }));
        return y;
    }

    /// <summary>Writes a Loop that reads the value frame by frame; answers the name of its output [batch, hidden, time].</summary>
    public string Loop(string wire, int channels)
    {
        string shape = name(), two = name(), trips = name(), always = name(), stacked = name(), y = name();
        string at = name(), going = name(), h = name(), sum = name(), x = name(), still = name();
        graph.Initializer(two, OnnxTensor.Int64s([], 2)).Initializer(always, OnnxTensor.Bools([], true)).Node("Shape", [wire], [shape]).Node("Gather", [shape, two], [trips]);
        OnnxGraphWriter body = new OnnxGraphWriter("body").Input(at, ElementType.Int64).Input(going, ElementType.Bool).Input(h, ElementType.Float32, 1, _hidden);
        if (_hasSum) body.Input(sum, ElementType.Float32, 1, _hidden);
        body.Node("Gather", [wire, at], [x], ("axis", 2)).Node("Identity", [going], [still]);
        (string after, string total, string answer) = Body(body, x, h, sum, _counts ? at : null, channels);
        body.Output(still, ElementType.Bool).Output(after, ElementType.Float32, 1, _hidden);
        if (_hasSum) body.Output(total, ElementType.Float32, 1, _hidden);
        body.Output(answer, ElementType.Float32, 1, _hidden);
        string[] initial = _hasSum ? [Stored(1, _hidden), Stored(1, _hidden)] : [Stored(1, _hidden)];
        string[] outputs = _hasSum ? [name(), name(), stacked] : [name(), stacked];
        graph.Node("Loop", [trips, always, .. initial], outputs, ("body", body)).Node("Transpose", [stacked], [y], ("perm", new[] { 1, 2, 0 }));
        return y;
    }

    /// <summary>h = tanh(x W + h R), perhaps with a running sum of it, the number of the trip, and a choice between two branches.</summary>
    private (string After, string Sum, string Answer) Body(OnnxGraphWriter body, string x, string h, string sum, string? counter, int channels)
    {
        string w = Stored(channels, _hidden), r = name(), fromX = name(), fromH = name(), both = name(), after = name(), answer = name(), total = name();
        body.Initializer(r, [_hidden, _hidden], Noise(_hidden * _hidden)).Node("MatMul", [x, w], [fromX]).Node("MatMul", [h, r], [fromH]).Node("Add", [fromX, fromH], [both]).Node("Tanh", [both], [after]);
        string last = after;
        if (_hasSum)
        {
            body.Node("Add", [sum, after], [total]).Node("Sub", [total, h], [last = name()]);
        }
        if (counter is not null)
        {
            string real = name(), wave = name();
            body.Node("Cast", [counter], [real], ("to", (int)ElementType.Float32)).Node("Sin", [real], [wave]).Node("Mul", [last, wave], [last = name()]);
        }
        if (_chooses)
        {
            string least = name(), positive = name(), zero = name(), one = name(), other = name();
            OnnxGraphWriter then = new OnnxGraphWriter("then").Node("Exp", [last], [one]).Output(one), otherwise = new OnnxGraphWriter("else").Node("Neg", [last], [other]).Output(other);
            body.Initializer(zero, [], 0).Node("ReduceMax", [h], [least], ("keepdims", 0)).Node("Greater", [least, zero], [positive]).Node("If", [positive], [last = name()], ("then_branch", then), ("else_branch", otherwise));
        }
        body.Node("Identity", [last], [answer]);
        return (after, total, answer);
    }

    private string Stored(params long[] dimensions)
    {
        string stored = name();
        graph.Initializer(stored, dimensions, Noise((int)dimensions.Aggregate(1L, static (product, size) => product * size)));
        return stored;
    }

    private float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
