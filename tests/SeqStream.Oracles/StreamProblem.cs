using System.Globalization;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>
/// A random whole-sequence model x [batch, channels, time] -> y whose nodes act along time: chains and branches of convolutions, transposed ones, pools, pads, cuts, constants
/// before and after, running sums and means, frames made of frames, recurrent layers and element-wise nodes, with answers at every frame or at the last.
/// The same seed gives the same model. Every other one has small integers only, so that all its numbers are exact.
/// </summary>
internal sealed partial class StreamProblem
{
    private const int MostNodes = 6;
    private readonly Random _random;
    private readonly OnnxModelWriter _model = new();
    private readonly List<string> _story = [];
    private readonly bool _suitsOnnxRuntime;
    private int _names;
    private int _lastChannels;    // of the last convolution

    /// <param name="seed">Chooses the model.</param>
    /// <param name="suitsOnnxRuntime">
    /// True to leave out what ONNX Runtime does otherwise: it takes no output padding as large as the stride, it fuses pads of zeros behind a concatenation into a convolution so that the model fails to load, and answers the lowest
    /// finite number for a dilated pool none of whose frames lies inside the stream.
    /// </param>
    public StreamProblem(int seed, bool suitsOnnxRuntime = false)
    {
        Seed = seed;
        _suitsOnnxRuntime = suitsOnnxRuntime;
        _random = new Random(seed);
        IsExact = seed % 2 == 0;
        Channels = _random.Next(1, 4);
        Graph.Input("x", ElementType.Float32, "batch", Channels, "time");
        string wire = "x";
        int channels = Channels;
        int count = _random.Next(1, MostNodes);
        int middle = _random.Next(4) == 0 ? _random.Next(count) : -1;
        if (_random.Next(40) == 0) wire = DownAndUpWhole(wire, channels);
        for (int node = 0; node < count; node++)
        {
            (wire, channels) = Any(wire, channels);
            if (node == middle) Answer(wire);
        }
        if (_random.Next(5) == 0) AnswerLast(wire);
        else Answer(wire);
    }

    public int Seed { get; }

    public int Channels { get; }

    /// <summary>True if the model computes with integers.</summary>
    public bool IsExact { get; }

    public byte[] ModelBytes => _model.ToBytes();

    public override string ToString() => $"seed {Seed}: {string.Join(", ", _story)}";

    private OnnxGraphWriter Graph => _model.Graph;

    private (string Wire, int Channels) Any(string wire, int channels) => _random.Next(19) switch
    {
        0 or 1 => Convolution(wire, channels),
        2 => Pool(wire, channels),
        3 => Pad(wire, channels),
        4 => Slice(wire, channels),
        5 => Concat(wire, channels),
        6 => Recurrent(wire, channels),
        7 => Elementwise(wire, channels),
        8 => Plane(wire, channels),
        9 or 10 or 11 => Transposed(wire, channels),
        12 => RunningSum(wire, channels),
        13 => RunningMean(wire, channels),
        14 => Shuffle(wire, channels),
        15 => DownAndUp(wire, channels),
        16 => Spectrum(wire, channels),
        _ => Branches(wire, channels),
    };

    private (string, int) Convolution(string wire, int channels)
        => Convolution(wire, channels, _random.Next(1, 5), _random.Next(1, 3), _random.Next(3) == 0 ? 2 : 1, null);

    /// <summary>A convolution; with <paramref name="before"/> given, its padding makes up for its reach, so that only the stride shortens the stream.</summary>
    private (string, int) Convolution(string wire, int channels, int kernel, int dilation, int stride, int? before)
    {
        int reach = (kernel - 1) * dilation;
        int left = before ?? _random.Next(reach + 2), right = before is { } given ? reach - given : _random.Next(reach + 2);
        int groups = _random.Next(3) == 0 ? channels : 1;
        int outputs = _lastChannels = groups * _random.Next(1, groups > 1 ? 2 : 4);
        string weight = Name(), bias = Name(), result = Name();
        _story.Add(Text($"conv kernel {kernel} dilation {dilation} stride {stride} pads {left} {right} groups {groups}"));
        Graph.Initializer(weight, [outputs, channels / groups, kernel], Noise(outputs * channels / groups * kernel)).Initializer(bias, [outputs], Noise(outputs));
        string[] inputs = _random.Next(2) == 0 ? [wire, weight] : [wire, weight, bias];
        Graph.Node("Conv", inputs, [result], ("kernel_shape", new[] { kernel }), ("dilations", new[] { dilation }), ("strides", new[] { stride }), ("pads", new[] { left, right }), ("group", groups));
        return (result, outputs);
    }

    private (string, int) Pool(string wire, int channels)
    {
        int kernel = _random.Next(1, 4), stride = _random.Next(1, 3), left = _random.Next(kernel), right = _random.Next(kernel);
        string result = Name();
        bool isMax = IsExact || _random.Next(2) == 0;
        int dilation = isMax && !(_suitsOnnxRuntime && left + right > 0) ? _random.Next(1, 3) : 1;
        int counted = _random.Next(2);
        _story.Add(Text($"{(isMax ? "max" : "average")} pool kernel {kernel} dilation {dilation} stride {stride} pads {left} {right}{(isMax || counted == 0 ? "" : " counted")}"));
        if (isMax) Graph.Node("MaxPool", [wire], [result], ("kernel_shape", new[] { kernel }), ("dilations", new[] { dilation }), ("strides", new[] { stride }), ("pads", new[] { left, right }));
        else Graph.Node("AveragePool", [wire], [result], ("kernel_shape", new[] { kernel }), ("strides", new[] { stride }), ("pads", new[] { left, right }), ("count_include_pad", counted));
        return (result, channels);
    }

    /// <summary>A convolution over channels and time as a plane, with time as its last axis or the one before.</summary>
    private (string, int) Plane(string wire, int channels)
    {
        int kernel = _random.Next(1, 4), high = _random.Next(1, Math.Min(channels, 2) + 1), stride = _random.Next(4) == 0 ? 2 : 1, left = _random.Next(3), right = _random.Next(3);
        bool isTimeFirst = _random.Next(2) == 0;
        string axis = Name(), plane = Name(), weight = Name(), made = Name(), result = Name(), turned = Name();
        _story.Add(Text($"plane kernel {high}x{kernel} stride {stride} pads {left} {right}{(isTimeFirst ? " time first" : "")}"));
        Graph.Int64s(axis, 1).Node("Unsqueeze", [wire, axis], [plane]);
        if (isTimeFirst) Graph.Node("Transpose", [plane], [turned], ("perm", new[] { 0, 1, 3, 2 }));
        int[] Order(int channel, int time) => isTimeFirst ? [time, channel] : [channel, time];
        Graph.Initializer(weight, [1, 1, .. Order(high, kernel).Select(static size => (long)size)], Noise(high * kernel));
        Graph.Node("Conv", [isTimeFirst ? turned : plane, weight], [made], ("kernel_shape", Order(high, kernel)), ("strides", Order(1, stride)), ("pads", (int[])[.. Order(1, left), .. Order(0, right)]));
        string back = made;
        if (isTimeFirst) Graph.Node("Transpose", [made], [back = Name()], ("perm", new[] { 0, 1, 3, 2 }));
        Graph.Node("Squeeze", [back, axis], [result]);
        return (result, channels + 2 - high);
    }

    private (string, int) Pad(string wire, int channels)
    {
        int left = _random.Next(-1, 5), right = _random.Next(left == 0 ? 1 : -1, 5), above = _random.Next(4) == 0 ? 1 : 0;
        int number = _random.Next(-2, 3);
        if (number == 0 && _suitsOnnxRuntime) number = 1;
        string pads = Name(), value = Name(), result = Name();
        _story.Add(Text($"pad {left} {right}{(above > 0 ? " and a channel" : "")}"));
        Graph.Int64s(pads, 0, above, left, 0, 0, right).Initializer(value, [], number);
        Graph.Node("Pad", [wire, pads, value], [result]);
        return (result, channels + above);
    }

    private (string, int) Slice(string wire, int channels)
    {
        int start = _random.Next(4), cut = _random.Next(3), step = _random.Next(3) == 0 ? 2 : 1;
        string starts = Name(), ends = Name(), axes = Name(), steps = Name(), result = Name();
        _story.Add(Text($"slice {start}:{(cut == 0 ? "" : -cut)}:{step}"));
        Graph.Int64s(starts, start).Int64s(ends, cut == 0 ? long.MaxValue : -cut).Int64s(axes, 2).Int64s(steps, step);
        Graph.Node("Slice", [wire, starts, ends, axes, steps], [result]);
        return (result, channels);
    }

    private (string, int) Concat(string wire, int channels)
    {
        int before = _random.Next(3), after = _random.Next(before == 0 ? 1 : 0, 3);
        string result = Name();
        List<string> inputs = [wire];
        if (before > 0) inputs.Insert(0, Constant(channels, before));
        if (after > 0) inputs.Add(Constant(channels, after));
        _story.Add(Text($"concat {before} and {after}"));
        Graph.Node("Concat", [.. inputs], [result], ("axis", 2));
        return (result, channels);
    }

    private string Constant(int channels, int frames)
    {
        string name = Name();
        Graph.Initializer(name, [1, channels, frames], Noise(channels * frames));
        return name;
    }

    private (string, int) Recurrent(string wire, int channels)
    {
        if (IsExact) return Elementwise(wire, channels);
        string cell = new[] { "RNN", "GRU", "LSTM" }[_random.Next(3)];
        int gates = cell switch { "RNN" => 1, "GRU" => 3, _ => 4 }, hidden = _random.Next(1, 4);
        string w = Name(), r = Name(), front = Name(), y = Name(), axis = Name(), squeezed = Name(), result = Name();
        _story.Add(Text($"{cell} {hidden}"));
        Graph.Initializer(w, [1, gates * hidden, channels], Noise(gates * hidden * channels)).Initializer(r, [1, gates * hidden, hidden], Noise(gates * hidden * hidden)).Int64s(axis, 1);
        string[] states = _random.Next(3) == 0 ? cell == "LSTM" ? [Name(), Name()] : [Name()] : [];
        Graph.Node("Transpose", [wire], [front], ("perm", new[] { 2, 0, 1 })).Node(cell, [front, w, r], [y, .. states], ("hidden_size", hidden)).Node("Squeeze", [y, axis], [squeezed]);
        if (states.Length > 0) AnswerState(states);
        Graph.Node("Transpose", [squeezed], [result], ("perm", new[] { 1, 2, 0 }));
        return (result, hidden);
    }

    private (string, int) Elementwise(string wire, int channels)
    {
        string result = Name();
        string kind = new[] { "Relu", "Neg", "Tanh", "Sigmoid" }[_random.Next(IsExact ? 2 : 4)];
        _story.Add(kind);
        Graph.Node(kind, [wire], [result]);
        return (result, channels);
    }

    /// <summary>Two or three ways that shorten the stream alike and look ahead differently, and their sum, product or concatenation.</summary>
    private (string, int) Branches(string wire, int channels)
    {
        int stride = _random.Next(4) == 0 ? 2 : 1, ways = _random.Next(2, 4);
        _story.Add(Text($"{ways} branches ("));
        List<(string Wire, int Channels)> ends = [];
        for (int way = 0; way < ways; way++)
        {
            if (way == 0 && stride == 1 && _random.Next(2) == 0)
            {
                ends.Add((wire, channels));
                continue;
            }
            int kernel = _random.Next(1, 5), dilation = _random.Next(1, 3);
            (string Wire, int Channels) end = Convolution(wire, channels, kernel, dilation, stride, _random.Next(((kernel - 1) * dilation) + 1));
            if (_random.Next(3) == 0) end = Recurrent(end.Wire, end.Channels);
            if (_random.Next(3) == 0) end = Elementwise(end.Wire, end.Channels);
            ends.Add(end);
        }
        string result = Name();
        bool isSum = ends.TrueForAll(end => end.Channels == ends[0].Channels) && ends.Count == 2 && _random.Next(3) != 0;
        _story.Add(isSum ? ") joined" : ") concatenated");
        if (isSum) Graph.Node(_random.Next(2) == 0 ? "Add" : "Mul", [ends[0].Wire, ends[1].Wire], [result]);
        else Graph.Node("Concat", [.. ends.Select(static end => end.Wire)], [result], ("axis", 1));
        return (result, isSum ? ends[0].Channels : ends.Sum(static end => end.Channels));
    }

    private void Answer(string wire)
    {
        string output = Text($"y{_names++}");
        Graph.Node("Identity", [wire], [output]).Output(output);
    }

    private string Name() => Text($"v{_names++}");

    private float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => IsExact ? _random.Next(-1, 2) : (_random.NextSingle() * 2) - 1)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
