using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests;

/// <summary>One random LSTM or GRU as two ONNX models with the same weights: one for a step with its state outside, one for whole sequences.</summary>
internal sealed class RecurrentModel
{
    private readonly string _operator;
    private readonly int _input;
    private readonly int _hidden;
    private readonly float[] _w;
    private readonly float[] _r;
    private readonly float[] _b;

    public RecurrentModel(string @operator, int input, int hidden, int seed)
    {
        _operator = @operator;
        _input = input;
        _hidden = hidden;
        Random random = new(seed);
        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 2 / MathF.Sqrt(hidden))];
        _w = Uniform(Gates * hidden * input);
        _r = Uniform(Gates * hidden * hidden);
        _b = Uniform(Gates * hidden * 2);
    }

    private int Gates => _operator == "LSTM" ? 4 : 3;

    private string[] StateNames => _operator == "LSTM" ? ["h", "c"] : ["h"];

    public OrtStepModel StepDescription => new() { States = [.. StateNames.Select(static name => new OrtStatePair($"{name}0", $"{name}n"))] };

    /// <summary>x [1, batch, input], h0 (c0) [1, batch, hidden] to y [1, 1, batch, hidden], hn (cn).</summary>
    public byte[] StepBytes(OnnxDimension? batch = null)
    {
        OnnxModelWriter model = Weights(new OnnxModelWriter());
        OnnxDimension lanes = batch ?? "batch";
        model.Graph.Input("x", ElementType.Float32, 1, lanes, _input);
        foreach (string state in StateNames) model.Graph.Input($"{state}0", ElementType.Float32, 1, lanes, _hidden);
        model.Graph.Node(
            _operator, ["x", "w", "r", "b", "", .. StateNames.Select(static state => $"{state}0")], ["y", .. StateNames.Select(static state => $"{state}n")], Attributes);
        model.Graph.Output("y", ElementType.Float32, 1, 1, lanes, _hidden);
        foreach (string state in StateNames) model.Graph.Output($"{state}n", ElementType.Float32, 1, lanes, _hidden);
        return model.Metadata("task", "test").ToBytes();
    }

    /// <summary>x [time, batch, input] to y [time, 1, batch, hidden], from a zero state.</summary>
    public byte[] WholeBytes()
    {
        OnnxModelWriter model = Weights(new OnnxModelWriter());
        model.Graph.Input("x", ElementType.Float32, "time", "batch", _input)
            .Node(_operator, ["x", "w", "r", "b"], ["y"], Attributes)
            .Output("y", ElementType.Float32, "time", 1, "batch", _hidden);
        return model.ToBytes();
    }

    private OnnxAttribute[] Attributes => _operator == "LSTM"
        ? [("hidden_size", _hidden)]
        : [("hidden_size", _hidden), ("linear_before_reset", 1)];

    private OnnxModelWriter Weights(OnnxModelWriter model)
    {
        model.Graph.Initializer("w", [1, Gates * _hidden, _input], _w)
            .Initializer("r", [1, Gates * _hidden, _hidden], _r)
            .Initializer("b", [1, Gates * _hidden * 2], _b);
        return model;
    }
}
