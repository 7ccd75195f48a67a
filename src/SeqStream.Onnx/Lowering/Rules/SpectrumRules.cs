using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Short-time Fourier transforms: frames of the signal, one matrix product with the windowed sines and cosines.</summary>
internal static class SpectrumRules
{
    private const int MostFrame = 1 << 13;    // samples: the matrix then has 2^26 numbers

    public static IEnumerable<(string, OperatorRule)> All => [("STFT", ShortTimeFourier)];

    /// <summary>Samples from one frame to the next, and samples of a frame.</summary>
    /// <exception cref="LoweringException">They are not known when the plan is built, or make no sense.</exception>
    public static (int Hop, int Frame) SizesOf(NodeContext node)
    {
        long hop = node.ConstantInput(1, "frame_step").ToInt64Array()[0];
        long frame = node.OptionalConstantInput(3, "frame_length")?.ToInt64Array()[0] ?? node.OptionalInput(2)?.Shape.ElementCount ?? throw node.Broken("it has neither a window nor a frame length");
        if (hop < 1 || hop > int.MaxValue || frame < 1) throw node.Broken($"its frame step is {hop} and its frame length {frame}; expected positive sizes");
        if (frame > MostFrame) throw node.Refuse($"its frame length is {frame}; at most {MostFrame} are possible", "Use shorter frames");
        return ((int)hop, (int)frame);
    }

    private static Lowered ShortTimeFourier(NodeContext node)
    {
        Wire signal = node.Input(0);
        (int hop, int size) = SizesOf(node);
        if (signal.Shape.Rank != 3 || signal.Shape[2] != 1 || signal.Type is not (ElementType.Float32 or ElementType.Float64))
        {
            throw node.Refuse($"its signal is {signal}; expected real float32 or float64 [batch, samples, 1]", "Export it with a real signal");
        }
        if (signal.Shape[1] < size) throw node.Broken($"a frame of {size} does not fit into {signal.Shape[1]} samples");
        int frames = ((signal.Shape[1] - size) / hop) + 1, bins = node.Int("onesided", 1) != 0 ? (size / 2) + 1 : size;
        Composition composition = new(node);
        Wire framed = composition.Wire(signal.Type, new TensorShape(signal.Shape[0], frames, size));
        framed = composition.Add(new RearrangeNode(node.Name, "STFT", signal, framed, framed.Shape.Dimensions.AsSpan(), [signal.Shape[1], hop, 1]), framed);
        Wire spectrum = MatrixRules.Product(composition, framed, composition.Constant(Waves(node, signal.Type, size, bins)));
        return composition.Result(composition.View(spectrum, new TensorShape(signal.Shape[0], frames, bins, 2)));
    }

    /// <summary>[size, bins * 2] window times cosine and minus sine of each bin.</summary>
    private static ConstantTensor Waves(NodeContext node, ElementType type, int size, int bins)
    {
        ConstantTensor? window = node.OptionalConstantInput(2, "window");
        if (window is not null && (window.Type != type || window.Shape.ElementCount != size)) throw node.Broken($"its window is {window.Type.DisplayName()} {window.Shape}; expected {type.DisplayName()} [{size}]");
        double[] waves = new double[size * bins * 2];
        for (int n = 0; n < size; n++)
        {
            double weight = window is null ? 1 : type == ElementType.Float32 ? window.Values<float>()[n] : window.Values<double>()[n];
            for (int bin = 0; bin < bins; bin++)
            {
                double angle = 2 * Math.PI * ((long)n * bin % size) / size;
                waves[((n * bins) + bin) * 2] = weight * Math.Cos(angle);
                waves[(((n * bins) + bin) * 2) + 1] = -weight * Math.Sin(angle);
            }
        }
        TensorShape shape = new(size, bins * 2);
        return type == ElementType.Float64 ? ConstantTensor.Of<double>(type, shape, waves) : ConstantTensor.Float32(shape, Array.ConvertAll(waves, static wave => (float)wave));
    }
}
