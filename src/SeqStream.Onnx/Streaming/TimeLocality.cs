using System.Collections.Immutable;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Which operators compute each step of their result from that step of their inputs alone, and under which conditions. Where an axis goes is seen from traced
/// shapes; this table says whether the operator also keeps the steps apart. An operator that is not in it is refused.
/// </summary>
internal static class TimeLocality
{
    private static readonly ImmutableArray<string> s_elementwise =
    [
        "Abs", "Acos", "Acosh", "Add", "And", "Asin", "Asinh", "Atan", "Atanh", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Cast", "CastLike",
        "Ceil", "Celu", "Clip", "Cos", "Cosh", "DequantizeLinear", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Expand", "Floor", "Gelu", "Greater", "GreaterOrEqual",
        "HardSigmoid", "HardSwish", "Identity", "IsInf", "IsNaN", "LeakyRelu", "Less", "LessOrEqual", "Log", "Max", "Mean", "Min", "Mish", "Mod", "Mul", "Neg", "Not", "Or",
        "PRelu", "Pow", "QuantizeLinear", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Sub", "Sum",
        "Swish", "Tan", "Tanh", "ThresholdedRelu", "Where", "Xor",
    ];

    private static readonly ImmutableDictionary<string, ImmutableArray<int>> s_shapeArguments = new Dictionary<string, ImmutableArray<int>>
    {
        ["Reshape"] = [1], ["Expand"] = [1], ["Tile"] = [1], ["Slice"] = [1, 2, 3, 4], ["Split"] = [1], ["Squeeze"] = [1], ["Unsqueeze"] = [1], ["Gather"] = [1],
        ["Pad"] = [1, 3], ["TopK"] = [1], ["OneHot"] = [1], ["STFT"] = [1, 3], ["RNN"] = [4], ["GRU"] = [4], ["LSTM"] = [4],
    }.ToImmutableDictionary();

    private static readonly Dictionary<string, Action<TimeQuestion>> s_rules = Collect();

    /// <summary>The operator's rule, which throws a refusal if the node mixes steps; null if the operator is not known to keep them apart.</summary>
    public static Action<TimeQuestion>? RuleOf(OnnxNode node) => node.Domain.Length == 0 ? s_rules.GetValueOrDefault(node.Operator) : null;

    /// <summary>True if there is a rule for an operator, given with its operator set before a colon where that is not ONNX's own.</summary>
    public static bool Knows(string name) => s_rules.ContainsKey(name);

    /// <summary>True for inputs that only say how the result is shaped or where it is taken from: the rule and the traced shapes judge them.</summary>
    public static bool IsShapeArgument(OnnxNode node, int input) => node.Domain.Length == 0 && s_shapeArguments.TryGetValue(node.Operator, out ImmutableArray<int> inputs) && inputs.Contains(input);

    private static Dictionary<string, Action<TimeQuestion>> Collect()
    {
        Dictionary<string, Action<TimeQuestion>> rules = new(StringComparer.Ordinal)
        {
            ["MatMul"] = ProductTime.MatMul,
            ["Gemm"] = ProductTime.Gemm,
            ["Conv"] = ProductTime.Window,
            ["ConvTranspose"] = ProductTime.Window,
            ["STFT"] = ProductTime.Frames,
            ["MaxPool"] = ProductTime.Window,
            ["AveragePool"] = ProductTime.Window,
            ["Transpose"] = MovementTime.Transpose,
            ["Reshape"] = MovementTime.Reshape,
            ["Squeeze"] = MovementTime.Reshape,
            ["Unsqueeze"] = MovementTime.Reshape,
            ["Flatten"] = MovementTime.Reshape,
            ["Concat"] = MovementTime.Concat,
            ["Split"] = MovementTime.Split,
            ["Slice"] = MovementTime.Slice,
            ["Gather"] = MovementTime.Gather,
            ["Tile"] = MovementTime.Tile,
            ["Pad"] = MovementTime.Pad,
            ["OneHot"] = MovementTime.OneHot,
            ["Softmax"] = ReductionTime.Softmax,
            ["LogSoftmax"] = ReductionTime.Softmax,
            ["Hardmax"] = ReductionTime.Softmax,
            ["LayerNormalization"] = ReductionTime.FromAxisOn,
            ["RMSNormalization"] = ReductionTime.FromAxisOn,
            ["SimplifiedLayerNormalization"] = ReductionTime.FromAxisOn,
            ["BatchNormalization"] = ReductionTime.BatchNormalization,
            ["InstanceNormalization"] = ReductionTime.InstanceNormalization,
            ["LpNormalization"] = ReductionTime.OneAxis,
            ["ArgMax"] = ReductionTime.ArgMax,
            ["ArgMin"] = ReductionTime.ArgMax,
            ["TopK"] = ReductionTime.OneAxis,
            ["CumSum"] = ReductionTime.CumSum,
            ["RNN"] = RecurrentTime.Recurrent,
            ["GRU"] = RecurrentTime.Recurrent,
            ["LSTM"] = RecurrentTime.Recurrent,
        };
        foreach (string name in s_elementwise) rules.Add(name, ElementwiseTime.Elementwise);
        foreach (string name in (ReadOnlySpan<string>)["Mean", "Max", "Min", "Sum", "SumSquare", "Prod", "L1", "L2", "LogSum", "LogSumExp"]) rules.Add("Reduce" + name, ReductionTime.Reduce);
        return rules;
    }
}
