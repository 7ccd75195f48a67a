using System.Globalization;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>
/// A random whole-sequence model: an input of features or token ids with a time axis, dense layers, one to three recurrent layers, skip
/// connections, and an output at every step or of the last step. The same seed gives the same model.
/// </summary>
internal sealed class SequenceProblem
{
    private readonly Random _random;
    private readonly OnnxModelWriter _model = new();
    private readonly List<string> _story = [];
    private int _names;
    private bool _timeFirst;

    public SequenceProblem(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        Build();
    }

    public int Seed { get; }

    public bool TakesTokens { get; private set; }

    public bool IsTimeFirst { get; private set; }

    public bool AnswersLastStep { get; private set; }

    public int InputWidth { get; private set; }

    public const int Vocabulary = 11;

    /// <summary>The output's time axis is the first one, unless only the last step is answered.</summary>
    public int OutputWidth { get; private set; }

    public byte[] ModelBytes => _model.ToBytes();

    public override string ToString() => $"seed {Seed}: {string.Join(", ", _story)}";

    private OnnxGraphWriter Graph => _model.Graph;

    private string Name() => string.Create(CultureInfo.InvariantCulture, $"v{_names++}");

    private void Build()
    {
        TakesTokens = _random.Next(4) == 0;
        IsTimeFirst = _timeFirst = !TakesTokens && _random.Next(2) == 0;
        InputWidth = _random.Next(1, 9);
        (string wire, int width) = TakesTokens ? Embed() : Features();
        if (_random.Next(2) == 0) (wire, width) = Dense(wire, width, _random.Next(1, 12), "Tanh");
        if (!_timeFirst) wire = Transpose(wire);
        int layers = _random.Next(1, 4);
        for (int layer = 0; layer < layers; layer++)
        {
            (string output, int hidden) = Recurrent(wire, width);
            (wire, width) = Join(wire, width, output, hidden);
        }
        AnswersLastStep = _random.Next(3) == 0;
        if (AnswersLastStep) wire = LastStep(wire);
        (wire, width) = Dense(wire, width, _random.Next(1, 6), _random.Next(2) == 0 ? "Softmax" : "Sigmoid");
        OutputWidth = width;
        Graph.Node("Identity", [wire], ["y"]).Output("y");
    }

    private (string Wire, int Width) Features()
    {
        _story.Add($"features {InputWidth}{(_timeFirst ? " time first" : "")}");
        if (_timeFirst) Graph.Input("x", ElementType.Float32, "time", "batch", InputWidth);
        else Graph.Input("x", ElementType.Float32, "batch", "time", InputWidth);
        return ("x", InputWidth);
    }

    private (string Wire, int Width) Embed()
    {
        int width = _random.Next(1, 8);
        _story.Add($"tokens into {width}");
        Graph.Input("x", ElementType.Int64, "batch", "time").Initializer("table", [Vocabulary, width], Noise(Vocabulary * width, 1));
        Graph.Node("Gather", ["table", "x"], ["embedded"], ("axis", 0));
        return ("embedded", width);
    }

    private (string Wire, int Width) Dense(string wire, int width, int outputs, string activation)
    {
        string w = Name(), b = Name(), product = Name(), sum = Name(), result = Name();
        _story.Add($"{activation} {outputs}");
        Graph.Initializer(w, [width, outputs], Noise(width * outputs, 1)).Initializer(b, [outputs], Noise(outputs, 1));
        Graph.Node("MatMul", [wire, w], [product]).Node("Add", [product, b], [sum]);
        if (activation == "Softmax") Graph.Node("Softmax", [sum], [result], ("axis", -1));
        else Graph.Node(activation, [sum], [result]);
        return (result, outputs);
    }

    private string Transpose(string wire)
    {
        string result = Name();
        Graph.Node("Transpose", [wire], [result], ("perm", new[] { 1, 0, 2 }));
        return result;
    }

    private (string Wire, int Width) Recurrent(string wire, int width)
    {
        string cell = new[] { "RNN", "GRU", "LSTM" }[_random.Next(3)];
        int gates = cell switch { "RNN" => 1, "GRU" => 3, _ => 4 };
        int hidden = _random.Next(1, _random.Next(4) == 0 ? 40 : 12);
        string w = Name(), r = Name(), b = Name(), y = Name(), squeezed = Name();
        Graph.Initializer(w, [1, gates * hidden, width], Noise(gates * hidden * width, 1)).Initializer(r, [1, gates * hidden, hidden], Noise(gates * hidden * hidden, 1));
        List<string> inputs = [wire, w, r, ""];
        if (_random.Next(4) != 0)
        {
            Graph.Initializer(b, [1, 2 * gates * hidden], Noise(2 * gates * hidden, 1));
            inputs[3] = b;
        }
        if (_random.Next(3) == 0) AddInitialState(inputs, cell, hidden);
        if (cell == "LSTM" && _random.Next(4) == 0) AddPeepholes(inputs, hidden);
        OnnxAttribute[] attributes = Attributes(cell, hidden);
        Graph.Node(cell, [.. inputs], [y], attributes);
        string axis = Name();
        Graph.Int64s(axis, 1).Node("Squeeze", [y, axis], [squeezed]);
        return (squeezed, hidden);
    }

    private void AddInitialState(List<string> inputs, string cell, int hidden)
    {
        string h = Name();
        Graph.Initializer(h, [1, 1, hidden], Noise(hidden, 1));
        inputs.AddRange(["", h]);
        if (cell != "LSTM") return;
        string c = Name();
        Graph.Initializer(c, [1, 1, hidden], Noise(hidden, 1));
        inputs.Add(c);
    }

    private void AddPeepholes(List<string> inputs, int hidden)
    {
        string p = Name();
        Graph.Initializer(p, [1, 3 * hidden], Noise(3 * hidden, 1));
        while (inputs.Count < 7) inputs.Add("");
        inputs.Add(p);
    }

    private OnnxAttribute[] Attributes(string cell, int hidden)
    {
        List<OnnxAttribute> attributes = [("hidden_size", hidden)];
        string story = $"{cell} {hidden}";
        if (cell == "GRU" && _random.Next(2) == 0)
        {
            attributes.Add(("linear_before_reset", 1));
            story += " reset after";
        }
        if (_random.Next(4) == 0)
        {
            attributes.Add(("clip", 0.7f));
            story += " clip";
        }
        if (_random.Next(4) == 0)
        {
            attributes.Add(("activations", cell switch { "RNN" => ["Relu"], "GRU" => ["HardSigmoid", "Softsign"], _ => new[] { "Sigmoid", "Softsign", "Tanh" } }));
            story += " other activations";
        }
        _story.Add(story);
        return [.. attributes];
    }

    private (string Wire, int Width) Join(string before, int widthBefore, string after, int widthAfter)
    {
        string result = Name();
        switch (_random.Next(4))
        {
            case 0:
                _story.Add("concatenate");
                Graph.Node("Concat", [before, after], [result], ("axis", 2));
                return (result, widthBefore + widthAfter);
            case 1 when widthBefore == widthAfter:
                _story.Add("add");
                Graph.Node("Add", [before, after], [result]);
                return (result, widthAfter);
            default:
                return (after, widthAfter);
        }
    }

    private string LastStep(string wire)
    {
        string result = Name(), index = Name();
        _story.Add("last step");
        if (_random.Next(2) == 0)
        {
            Graph.Initializer(index, OnnxTensor.Int64s([], -1)).Node("Gather", [wire, index], [result], ("axis", 0));
            return result;
        }
        string starts = Name(), ends = Name(), axes = Name();
        Graph.Int64s(starts, -1).Int64s(ends, long.MaxValue).Int64s(axes, 0).Node("Slice", [wire, starts, ends, axes], [result]);
        return result;
    }

    private float[] Noise(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2 - 1) * scale)];
}
