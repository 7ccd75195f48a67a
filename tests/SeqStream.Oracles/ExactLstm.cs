using SeqStream.Onnx.Reading;

namespace SeqStream.Oracles;

/// <summary>An LSTM of a model file, forward, without peepholes and clip, in float64: what both runtimes round.</summary>
internal sealed class ExactLstm
{
    private const int Gates = 4;   // in ONNX's order: input, output, forget, cell
    private readonly double[] _w, _r, _b, _h, _c, _gates;
    private readonly int _inputs;

    public ExactLstm(OnnxModel model, string name)
    {
        (_w, _r, _b) = (Read(model, $"{name}_W"), Read(model, $"{name}_R"), Read(model, $"{name}_B"));
        Units = (int)Math.Sqrt(_r.Length / Gates);
        _inputs = _w.Length / (Gates * Units);
        (_h, _c, _gates) = (new double[Units], new double[Units], new double[Gates * Units]);
    }

    public int Units { get; }

    public ReadOnlySpan<double> H => _h;

    public ReadOnlySpan<double> C => _c;

    public ReadOnlySpan<double> Step(ReadOnlySpan<double> x)
    {
        for (int row = 0; row < _gates.Length; row++)
        {
            double sum = _b[row] + _b[_gates.Length + row];
            for (int i = 0; i < _inputs; i++) sum += _w[(row * _inputs) + i] * x[i];
            for (int i = 0; i < Units; i++) sum += _r[(row * Units) + i] * _h[i];
            _gates[row] = sum;
        }
        for (int unit = 0; unit < Units; unit++)
        {
            _c[unit] = (Sigmoid(_gates[(2 * Units) + unit]) * _c[unit]) + (Sigmoid(_gates[unit]) * Math.Tanh(_gates[(3 * Units) + unit]));
            _h[unit] = Sigmoid(_gates[Units + unit]) * Math.Tanh(_c[unit]);
        }
        return _h;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[] Read(OnnxModel model, string name) => [.. model.Graph.Initializers[name].Value!.Values<float>().ToArray().Select(static value => (double)value)];
}
