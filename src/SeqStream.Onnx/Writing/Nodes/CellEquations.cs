using SeqStream.Cells;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>
/// The equations of RNN, GRU and LSTM cells as matrix products and element-wise operators; letters are those of <see cref="RnnCell"/>, <see cref="GruCell"/> and
/// <see cref="LstmCell"/>. All values are [rows, units].
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="weights">The weights.</param>
/// <param name="options">How the cell computes.</param>
/// <param name="name">For the names of its constants.</param>
internal sealed class CellEquations(StepGraph graph, CellWeights weights, CellOptions options, string name)
{
    private readonly Dictionary<string, string> _turned = new(StringComparer.Ordinal);
    private readonly CellActivation[] _activations = [.. options.ActivationsOf(weights.Kind)];

    private int Units => weights.HiddenSize;

    private int Width => weights.Gates * weights.HiddenSize;

    /// <summary>Biases of x and h stay apart only where the reset gate comes between.</summary>
    private bool KeepsBiasesApart => weights.Kind == CellKind.Gru;

    /// <summary>The inputs' part of all gates: [..., input] to [..., gates * units].</summary>
    public string Project(string x)
    {
        string product = graph.Node("MatMul", [x, Turned(weights.Input, Width, weights.InputSize, "W")]);
        return weights.Bias is null ? product : graph.Node("Add", [product, graph.Floats(new TensorShape(Width), InputBias(weights.Bias), $"{name}.Wb")]);
    }

    /// <summary>One step.</summary>
    /// <param name="projected">[rows, gates * units] the inputs' part.</param>
    /// <param name="h">h before.</param>
    /// <param name="c">c before; LSTM only.</param>
    public (string H, string C) Step(string projected, string h, string c) => weights.Kind switch
    {
        CellKind.Rnn => (Apply(0, Add(projected, Recurrent(h))), ""),
        CellKind.Gru => (Gru(projected, h), ""),
        _ => Lstm(projected, h, c),
    };

    private (string H, string C) Lstm(string projected, string h, string c)
    {
        string[] gates = Split(Add(projected, Recurrent(h)), 4);
        string i = Apply(0, Peep(gates[0], 0, c));
        string f = options.InputForget ? Sub(graph.Scalar(ElementType.Float32, 1), i) : Apply(0, Peep(gates[2], 2, c));
        string g = Apply(1, gates[3]);
        string next = Add(Mul(f, c), Mul(i, g));
        string o = Apply(0, Peep(gates[1], 1, next));
        return (Mul(o, Function(_activations[2], next)), next);
    }

    private string Gru(string projected, string h)
    {
        string[] x = Split(projected, 3);
        string n;
        string[] r;
        if (options.LinearBeforeReset)
        {
            r = Split(WithBias(Recurrent(h), 0, Width, "Rb"), 3);
            n = Apply(1, Add(x[2], Mul(Apply(0, Add(x[1], r[1])), r[2])));
        }
        else
        {
            float[] gates = weights.Recurrent[..(2 * Units * Units)], candidate = weights.Recurrent[(2 * Units * Units)..];
            r = Split(WithBias(graph.Node("MatMul", [h, Turned(gates, 2 * Units, Units, "Rzr")]), 0, 2 * Units, "Rbzr"), 2);
            string reset = Mul(Apply(0, Add(x[1], r[1])), h);
            n = Apply(1, Add(x[2], WithBias(graph.Node("MatMul", [reset, Turned(candidate, Units, Units, "Rh")]), 2 * Units, Units, "Rbh")));
        }
        string z = Apply(0, Add(x[0], r[0]));
        return Add(Mul(Sub(graph.Scalar(ElementType.Float32, 1), z), n), Mul(z, h));
    }

    private float[] InputBias(float[] bias)
    {
        float[] own = bias[..Width];
        for (int gate = 0; !KeepsBiasesApart && gate < Width; gate++) own[gate] += bias[Width + gate];
        return own;
    }

    private string WithBias(string product, int from, int count, string part)
        => weights.Bias is null ? product : Add(product, graph.Floats(new TensorShape(count), weights.Bias.AsSpan(Width + from, count), $"{name}.{part}"));

    private string Recurrent(string h) => graph.Node("MatMul", [h, Turned(weights.Recurrent, Width, Units, "R")]);

    private string Peep(string gate, int row, string c)
        => weights.Peepholes is null ? gate : Add(gate, Mul(c, graph.Floats(new TensorShape(Units), weights.Peepholes.AsSpan(row * Units, Units), $"{name}.P{row}")));

    private string Turned(float[] matrix, int rows, int columns, string part)
    {
        if (_turned.TryGetValue(part, out string? known)) return known;
        return _turned[part] = graph.Constant(MatrixNodes.Transposed(ConstantTensor.Float32(new TensorShape(rows, columns), matrix), rows, columns), $"{name}.{part}");
    }

    /// <summary>Clips and applies an activation.</summary>
    private string Apply(int activation, string x)
    {
        if (options.Clip != 0) x = graph.Node("Clip", [x, graph.Scalar(ElementType.Float32, -options.Clip), graph.Scalar(ElementType.Float32, options.Clip)]);
        return Function(_activations[activation], x);
    }

    private string Function(CellActivation activation, string x) => activation.Kind switch
    {
        ActivationKind.Affine => Add(Mul(x, Number(activation.Alpha)), Number(activation.Beta)),
        ActivationKind.ScaledTanh => Mul(graph.Node("Tanh", [Mul(x, Number(activation.Beta))]), Number(activation.Alpha)),
        ActivationKind.HardSigmoid => graph.Node("HardSigmoid", [x], ("alpha", activation.Alpha), ("beta", activation.Beta)),
        ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu => graph.Node(activation.Kind.ToString(), [x], ("alpha", activation.Alpha)),
        _ => graph.Node(activation.Kind.ToString(), [x]),
    };

    private string[] Split(string value, int parts) => graph.Node("Split", parts, [value, graph.Int64s([.. Enumerable.Repeat((long)Units, parts)])], ("axis", -1));

    private string Number(float value) => graph.Scalar(ElementType.Float32, value);

    private string Add(string a, string b) => graph.Node("Add", [a, b]);

    private string Sub(string a, string b) => graph.Node("Sub", [a, b]);

    private string Mul(string a, string b) => graph.Node("Mul", [a, b]);
}
