using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>
/// com.microsoft DynamicQuantizeLSTM, forward, as ONNX Runtime computes it: the input is quantised by its range over all steps of a call, h by its range at each step;
/// products of integers are exact and scaled once. One call with many steps is therefore not the same as many calls with one step.
/// <code>i, o, f, g = xq W + hq R + b;  c = sigmoid(f) c + sigmoid(i) tanh(g);  h = sigmoid(o) tanh(c)</code>
/// </summary>
internal static class QuantizedLstmRule
{
    private const int Gates = 4;
    private const int W = 1, R = 2, B = 3, Lengths = 4, H = 5, C = 6, Peepholes = 7, ScaleOfW = 8, ZeroOfW = 9, ScaleOfR = 10, ZeroOfR = 11;

    public static IEnumerable<(string, OperatorRule)> All => [("com.microsoft:DynamicQuantizeLSTM", Lower)];

    private static Lowered Lower(NodeContext node)
    {
        Wire x = node.FloatInput(0);
        int hidden = Check(node, x);
        Composition outer = new(node);
        (Wire quantized, Wire scale, Wire zero) = QuantizationRules.ByRange(outer, x);
        ImmutableArray<Wire?> inputs = [quantized, .. Enumerable.Range(1, node.InputCount - 1).Select(node.OptionalInput)];
        TensorShape state = new(1, 1, hidden);
        ConstantTensor zeros = ConstantTensor.Float32(state, new float[hidden]);
        ScanForm form = new()
        {
            Compute = (step, before, frames) => Step(step, (frames[0], scale, zero), before[0], before[1], hidden),
            Trips = x.Shape[0],
            States =
            [
                new ScanFormState(node.OptionalInput(H) is null ? -1 : H, zeros, "h", "h", 1),
                new ScanFormState(node.OptionalInput(C) is null ? -1 : C, zeros, "c", "c", 2),
            ],
            Slices = [new ScanFormSlice(0, "x", 0)],
            Stacks = [new ScanFormSlice(0, "y", 0)],
            Captures = [],
        };
        Lowered inner = ScanLowering.Lower(node.With(node.Node, inputs), form);
        return Lowered.Sequence([.. outer.Result().Nodes, .. inner.Nodes], inner.Outputs);
    }

    private static int Check(NodeContext node, Wire x)
    {
        const string Float = "Export the model with a float LSTM, or run it with the executor 'onnxruntime'";
        if (node.Text("direction", "forward") != "forward") throw node.Refuse($"its direction is {node.Text("direction", "forward")}; SeqStream runs the quantised LSTM forward only", Float);
        if (node.OptionalInput(Lengths) is not null || node.OptionalInput(Peepholes) is not null || node.Float("clip", 0) != 0 || node.Int("input_forget", 0) != 0) throw node.Refuse("it has sequence lengths, peepholes, a clip or a coupled forget gate, which SeqStream does not run quantised", Float);
        string[] activations = node.Texts("activations") ?? ["Sigmoid", "Tanh", "Tanh"];
        if (!activations.SequenceEqual(["Sigmoid", "Tanh", "Tanh"], StringComparer.OrdinalIgnoreCase)) throw node.Refuse($"its activations are {string.Join(", ", activations)}; SeqStream runs the quantised LSTM with Sigmoid, Tanh, Tanh only", Float);
        TensorShape r = node.Input(R).Shape, w = node.Input(W).Shape;
        bool fits = x.Shape.Rank == 3 && w.Rank == 3 && r.Rank == 3 && w[0] == 1 && w[1] == x.Shape[2] && w[2] == Gates * r[1] && r[2] == Gates * r[1];
        if (!fits) throw node.Broken($"X {x.Shape}, W {w} and R {r} do not go together");
        if (x.Shape[1] != 1) throw node.Refuse($"it runs {x.Shape[1]} sequences at once; a plan is one stream's", "Set the batch size to 1");
        return r[1];
    }

    /// <summary>One step; answers h and c after it, and h once more as the step's output.</summary>
    private static ImmutableArray<Wire> Step(Composition step, (Wire Values, Wire Scale, Wire? Zero) x, Wire h, Wire c, int hidden)
    {
        TensorShape row = new(1, hidden);
        Wire gates = Product(step, x, W, ScaleOfW, ZeroOfW);
        gates = step.Binary(BinaryFunction.Add, gates, Product(step, QuantizationRules.ByRange(step, step.View(h, row)), R, ScaleOfR, ZeroOfR));
        if (step.Node.OptionalInput(B) is { } bias)
        {
            Wire both = step.View(bias, new TensorShape(2, Gates * hidden));
            gates = step.Binary(BinaryFunction.Add, gates, step.Binary(BinaryFunction.Add, Part(step, both, 0, 0, Gates * hidden), Part(step, both, 1, 0, Gates * hidden)));
        }
        Wire i = step.Unary(UnaryFunction.Sigmoid, Part(step, gates, 0, 0, hidden)), o = step.Unary(UnaryFunction.Sigmoid, Part(step, gates, 0, hidden, hidden));
        Wire f = step.Unary(UnaryFunction.Sigmoid, Part(step, gates, 0, 2 * hidden, hidden)), g = step.Unary(UnaryFunction.Tanh, Part(step, gates, 0, 3 * hidden, hidden));
        Wire after = step.Binary(BinaryFunction.Add, step.Binary(BinaryFunction.Mul, f, step.View(c, row)), step.Binary(BinaryFunction.Mul, i, g));
        Wire answer = step.View(step.Binary(BinaryFunction.Mul, o, step.Unary(UnaryFunction.Tanh, after)), h.Shape);
        return [answer, step.View(after, c.Shape), answer];
    }

    private static Wire Product(Composition step, (Wire Values, Wire Scale, Wire? Zero) left, int matrix, int scale, int zero)
    {
        Wire weights = step.Node.Input(matrix);
        Wire flat = step.View(weights, new TensorShape(weights.Shape[1], weights.Shape[2]));
        Wire zeros = step.Node.Input(zero), scales = step.Node.Input(scale);
        return QuantizedProductRules.Scaled(step, left, (flat, Flat(step, scales), Flat(step, zeros)));
    }

    private static Wire Flat(Composition step, Wire wire) => step.View(wire, wire.Shape.ElementCount == 1 ? new TensorShape() : new TensorShape(wire.Shape.ElementCount));

    /// <summary>[1, count] elements of a row of a matrix.</summary>
    private static Wire Part(Composition step, Wire matrix, int row, int start, int count)
    {
        Wire part = step.Wire(matrix.Type, new TensorShape(1, count));
        return step.Add(RearrangeNode.Slice(step.Node.Name, "Slice", matrix, part, [row, start], [1, 1]), part);
    }
}
