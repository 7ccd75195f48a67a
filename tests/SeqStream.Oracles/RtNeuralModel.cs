using System.Globalization;
using System.Text.Json;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Reads a JSON net of RTNeural's test data (Keras layers, or a PyTorch state dictionary) and writes it as an ONNX model x [time, 1, 1] to y.</summary>
internal sealed class RtNeuralModel
{
    private readonly OnnxModelWriter _model = new();
    private string _wire = "x";
    private int _width = 1;
    private int _names;

    private RtNeuralModel() => Graph.Input("x", ElementType.Float32, "time", 1, 1);

    private OnnxGraphWriter Graph => _model.Graph;

    public static byte[] Read(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        RtNeuralModel model = new();
        if (json.RootElement.TryGetProperty("layers", out JsonElement layers))
        {
            foreach (JsonElement layer in layers.EnumerateArray()) model.AddKeras(layer);
        }
        else
        {
            model.AddTorch(json.RootElement);
        }
        model.Graph.Node("Identity", [model._wire], ["y"]).Output("y");
        return model._model.ToBytes();
    }

    private string Name() => string.Create(CultureInfo.InvariantCulture, $"v{_names++}");

    private void AddKeras(JsonElement layer)
    {
        JsonElement[] weights = [.. layer.GetProperty("weights").EnumerateArray()];
        int units = layer.GetProperty("shape").EnumerateArray().Last().GetInt32();
        switch (layer.GetProperty("type").GetString())
        {
            case "dense" or "time-distributed-dense":
                Dense(Matrix(weights[0]), weights.Length > 1 ? Vector(weights[1]) : new float[Matrix(weights[0])[0].Length]);
                Activate(layer.GetProperty("activation").GetString()!);
                break;
            case "activation":
                Activate(layer.GetProperty("activation").GetString()!);
                break;
            case "lstm":
                KerasLstm(units, Matrix(weights[0]), Matrix(weights[1]), Vector(weights[2]));
                break;
            case "gru":
                KerasGru(Matrix(weights[0]), Matrix(weights[1]), Matrix(weights[2]));
                break;
            case string other:
                throw new InvalidDataException($"layer type '{other}'");
        }
    }

    /// <summary>Keras: kernel [in, 4 u] with gates i f c o.</summary>
    private void KerasLstm(int units, float[][] kernel, float[][] recurrent, float[] bias)
    {
        if (recurrent.Length != units || kernel[0].Length != 4 * units || bias.Length != 4 * units) throw new InvalidDataException($"{units} units, but {recurrent.Length} recurrent rows and {kernel[0].Length} columns");
        int[] onnxGates = [0, 3, 1, 2];
        Recurrent("LSTM", units, Gates(kernel, units, onnxGates), Gates(recurrent, units, onnxGates), [.. Gates([bias], units, onnxGates), .. new float[4 * units]]);
    }

    /// <summary>Keras with reset_after: gates z r h, bias [2, 3 u].</summary>
    private void KerasGru(float[][] kernel, float[][] recurrent, float[][] bias)
    {
        int units = recurrent.Length;
        int[] gates = [0, 1, 2];
        Recurrent("GRU", units, Gates(kernel, units, gates), Gates(recurrent, units, gates), [.. bias[0], .. bias[1]]);
    }

    /// <summary>PyTorch: LSTM gates i f g o, GRU gates r z n, weight [gates * u, in].</summary>
    private void AddTorch(JsonElement state)
    {
        foreach (JsonProperty weight in state.EnumerateObject().Where(static property => property.Name.Contains(".weight_ih_l", StringComparison.Ordinal)))
        {
            bool isLstm = weight.Name.StartsWith("lstm", StringComparison.Ordinal);
            float[][] input = Matrix(weight.Value);
            float[][] recurrent = Matrix(state.GetProperty(weight.Name.Replace("_ih_", "_hh_", StringComparison.Ordinal)));
            float[] inputBias = Vector(state.GetProperty(weight.Name.Replace("weight_", "bias_", StringComparison.Ordinal)));
            float[] recurrentBias = Vector(state.GetProperty(weight.Name.Replace("weight_ih", "bias_hh", StringComparison.Ordinal)));
            int units = recurrent[0].Length;
            int[] onnxGates = isLstm ? [0, 3, 1, 2] : [1, 0, 2];
            Recurrent(
                isLstm ? "LSTM" : "GRU",
                units,
                TorchGates(input, units, onnxGates),
                TorchGates(recurrent, units, onnxGates),
                [.. Gates([inputBias], units, onnxGates), .. Gates([recurrentBias], units, onnxGates)]);
        }
        Dense(Transpose(Matrix(state.GetProperty("dense.weight"))), Vector(state.GetProperty("dense.bias")));
    }

    private void Recurrent(string cell, int units, float[] input, float[] recurrent, float[] bias)
    {
        int gates = cell == "LSTM" ? 4 : 3;
        string w = Name(), r = Name(), b = Name(), y = Name(), axis = Name(), squeezed = Name();
        Graph.Initializer(w, [1, gates * units, _width], input).Initializer(r, [1, gates * units, units], recurrent).Initializer(b, [1, 2 * gates * units], bias);
        OnnxAttribute[] attributes = cell == "GRU" ? [("hidden_size", units), ("linear_before_reset", 1)] : [("hidden_size", units)];
        Graph.Node(cell, [_wire, w, r, b], [y], attributes).Int64s(axis, 1).Node("Squeeze", [y, axis], [squeezed]);
        (_wire, _width) = (squeezed, units);
    }

    private void Dense(float[][] kernel, float[] bias)
    {
        string w = Name(), b = Name(), product = Name(), sum = Name();
        Graph.Initializer(w, [_width, bias.Length], [.. kernel.SelectMany(static row => row)]).Initializer(b, [bias.Length], bias);
        Graph.Node("MatMul", [_wire, w], [product]).Node("Add", [product, b], [sum]);
        (_wire, _width) = (sum, bias.Length);
    }

    private void Activate(string activation)
    {
        string result = Name();
        string? @operator = activation switch { "tanh" => "Tanh", "relu" => "Relu", "elu" => "Elu", "sigmoid" => "Sigmoid", "softmax" => "Softmax", "" => null, _ => throw new InvalidDataException(activation) };
        if (@operator is null) return;
        Graph.Node(@operator, [_wire], [result]);
        _wire = result;
    }

    /// <summary>[in, gates * u] to [gates * u, in], gates in another order.</summary>
    private static float[] Gates(float[][] kernel, int units, int[] order)
        => [.. order.SelectMany(gate => Enumerable.Range(gate * units, units)).SelectMany(column => kernel.Select(row => row[column]))];

    /// <summary>[gates * u, in] to the same with gates in another order.</summary>
    private static float[] TorchGates(float[][] weights, int units, int[] order)
        => [.. order.SelectMany(gate => Enumerable.Range(gate * units, units)).SelectMany(row => weights[row])];

    private static float[][] Transpose(float[][] matrix) => [.. Enumerable.Range(0, matrix[0].Length).Select(column => matrix.Select(row => row[column]).ToArray())];

    private static float[][] Matrix(JsonElement json) => [.. json.EnumerateArray().Select(Vector)];

    private static float[] Vector(JsonElement json) => [.. json.EnumerateArray().Select(static value => value.GetSingle())];
}
