using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Normalization;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Softmax and the normalizations.</summary>
internal static class NormalizationRules
{
    private const int OneAxisSoftmax = 13; // the operator set since which softmax runs along one dimension
    private const int ChannelScales = 21;  // the operator set since which group normalization scales channels instead of groups

    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Softmax", static node => Softmax(node, logarithm: false)),
        ("LogSoftmax", static node => Softmax(node, logarithm: true)),
        ("LayerNormalization", static node => LayerNormalization(node, aboutZero: false)),
        ("RMSNormalization", static node => LayerNormalization(node, aboutZero: true)),
        ("BatchNormalization", BatchNormalization),
        ("InstanceNormalization", InstanceNormalization),
        ("GroupNormalization", GroupNormalization),
        ("LRN", LocalResponseNormalization),
    ];

    private static Lowered Softmax(NodeContext node, bool logarithm)
    {
        Wire x = node.FloatInput(0);
        bool oneAxis = node.Opset >= OneAxisSoftmax;
        if (x.Shape.Rank == 0) throw node.Broken($"{x} is a scalar; expected at least one dimension");
        int axis = node.Axis(node.Int("axis", oneAxis ? -1 : Math.Min(1, x.Shape.Rank - 1)), x.Shape.Rank);
        return new SoftmaxNode(node.Name, logarithm, x, node.Output(0, x.Type, x.Shape), axis, oneAxis ? axis + 1 : x.Shape.Rank);
    }

    private static Lowered LayerNormalization(NodeContext node, bool aboutZero)
    {
        Composition composition = new(node);
        Wire x = node.FloatInput(0), scale = node.Input(1);
        Wire? bias = aboutZero ? null : node.OptionalInput(2);
        int axis = node.Axis(node.Int("axis", -1), x.Shape.Rank);
        int block = x.Shape.ElementCountBetween(axis, x.Shape.Rank);
        bool inside = scale.Shape.ElementCount == block && (bias is null || bias.Shape.ElementCount == block);
        ElementType statistics = (ElementType)node.Int("stash_type", (long)ElementType.Float32);
        if (!NodeContextExtensions.IsFloat(statistics))
        {
            throw node.Refuse($"its statistics have the ONNX element type number {(int)statistics}", "Export the model with stash_type 1 (float32)");
        }
        int[] reduced = [.. x.Shape.Dimensions];
        Array.Fill(reduced, 1, axis, reduced.Length - axis);
        Wire output = composition.Wire(x.Type, x.Shape);
        Wire? mean = aboutZero ? null : node.OptionalOutput(1, statistics, new TensorShape(reduced));
        Wire? inverse = aboutZero ? null : node.OptionalOutput(2, statistics, new TensorShape(reduced));
        composition.Add(new NormalizeNode(node.Name, node.Node.Operator, aboutZero, x, inside ? scale : null, inside ? bias : null, output, mean, inverse, block, node.Float("epsilon", 1e-5f)));
        if (!inside)
        {
            output = composition.Binary(BinaryFunction.Mul, output, scale);
            if (bias is not null) output = composition.Binary(BinaryFunction.Add, output, bias);
        }
        return composition.Result(output, mean, inverse);
    }

    private static Lowered BatchNormalization(NodeContext node)
    {
        if (node.Int("training_mode", 0) != 0 || node.Wants(1))
        {
            throw node.Refuse("it is in training mode and would change its statistics", "Export the model in evaluation mode (model.eval())");
        }
        Composition composition = new(node);
        Wire x = node.FloatInput(0), scale = node.Input(1), bias = node.Input(2), mean = node.Input(3), variance = node.Input(4);
        if (x.Shape.Rank < 2 && scale.Shape.ElementCount != 1) throw node.Broken($"{x} has no channel dimension");
        Wire deviation = composition.Unary(UnaryFunction.Sqrt, composition.Binary(BinaryFunction.Add, variance, composition.Constant(variance.Type, node.Float("epsilon", 1e-5f))));
        if (deviation.Type != scale.Type) deviation = composition.Cast(deviation, scale.Type);
        Wire factor = composition.Binary(BinaryFunction.Div, scale, deviation);
        Wire offset = composition.Binary(BinaryFunction.Sub, bias, composition.Binary(BinaryFunction.Mul, composition.Cast(mean, factor.Type), factor));
        return composition.Result(ScaleChannels(composition, x, composition.Cast(factor, x.Type), composition.Cast(offset, x.Type)));
    }

    private static Lowered InstanceNormalization(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.FloatInput(0);
        if (x.Shape.Rank < 3) throw node.Broken($"{x} has no spatial dimension");
        Wire output = composition.Wire(x.Type, x.Shape);
        int block = x.Shape.ElementCountBetween(2, x.Shape.Rank);
        output = composition.Add(new NormalizeNode(node.Name, "InstanceNormalization", false, x, null, null, output, null, null, block, node.Float("epsilon", 1e-5f)), output);
        return composition.Result(ScaleChannels(composition, output, node.Input(1), node.Input(2)));
    }

    private static Lowered GroupNormalization(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.FloatInput(0);
        long groups = node.Int("num_groups", 0);
        if (x.Shape.Rank < 2 || groups < 1 || x.Shape[1] % groups != 0) throw node.Broken($"{x} cannot fall into {groups} groups of channels");
        int block = x.Shape.ElementCountBetween(1, x.Shape.Rank) / (int)groups;
        Wire output = composition.Wire(x.Type, x.Shape);
        output = composition.Add(new NormalizeNode(node.Name, "GroupNormalization", false, x, null, null, output, null, null, block, node.Float("epsilon", 1e-5f)), output);
        Wire scale = node.Input(1), bias = node.Input(2);
        if (node.Opset >= ChannelScales) return composition.Result(ScaleChannels(composition, output, scale, bias));
        Wire grouped = composition.View(output, new TensorShape(x.Shape[0], (int)groups, block));
        return composition.Result(composition.View(ScaleChannels(composition, grouped, scale, bias), x.Shape));
    }

    /// <summary>x / (bias + alpha * mean of squares of 'size' neighbouring channels) ^ beta; channels beyond the first and last count as 0.</summary>
    private static Lowered LocalResponseNormalization(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.FloatInput(0);
        int size = checked((int)node.Int("size", 0));
        if (x.Shape.Rank < 2 || size < 1) throw node.Broken($"{x} has no {size} neighbouring channels");
        (int channels, int spatial) = (x.Shape[1], x.Shape.ElementCountBetween(2, x.Shape.Rank));
        Window window = WindowAttributes.Bounded(node, new Window([1, channels, spatial], [1, size, 1], [1, 1, 1], [1, 1, 1], [0, (size - 1) / 2, 0], [1, channels, spatial]));
        node.Budget?.Table(node, window.OutputCount);
        int[] divisors = new int[window.OutputCount];
        Array.Fill(divisors, size);
        Wire squares = composition.Binary(BinaryFunction.Mul, x, x), means = composition.Wire(x.Type, x.Shape);
        means = composition.Add(new AveragePoolNode(node.Name, squares, means, window, divisors), means);
        Wire scaled = composition.Binary(BinaryFunction.Mul, means, composition.Constant(x.Type, node.Float("alpha", 1e-4f)));
        Wire sum = composition.Binary(BinaryFunction.Add, scaled, composition.Constant(x.Type, node.Float("bias", 1)));
        Wire power = composition.Binary(BinaryFunction.Pow, sum, composition.Constant(x.Type, node.Float("beta", 0.75f)));
        return composition.Result(composition.Binary(BinaryFunction.Div, x, power));
    }

    /// <summary>x * scale + bias, both one element for each index of dimension 1.</summary>
    private static Wire ScaleChannels(Composition composition, Wire x, Wire scale, Wire bias)
    {
        int rank = x.Shape.Rank;
        int axis = Math.Min(1, rank - 1);
        Wire scaled = composition.Binary(BinaryFunction.Mul, x, composition.Along(scale, axis, rank));
        return composition.Binary(BinaryFunction.Add, scaled, composition.Along(bias, axis, rank));
    }
}
