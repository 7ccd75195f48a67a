using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Activation functions with their parameters.</summary>
internal static class ActivationRules
{
    private const float SeluAlpha = 1.67326319217681884765625f;
    private const float SeluGamma = 1.05070102214813232421875f;

    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Relu", static node => Lower(node, node.Input(0), UnaryFunction.Relu)),
        ("Shrink", static node => Lower(node, node.Input(0), UnaryFunction.Shrink, node.Float("lambd", 0.5f), node.Float("bias", 0))),
        ("Sigmoid", static node => Lower(node, UnaryFunction.Sigmoid)),
        ("LeakyRelu", static node => Lower(node, UnaryFunction.LeakyRelu, node.Float("alpha", 0.01f))),
        ("ThresholdedRelu", static node => Lower(node, UnaryFunction.ThresholdedRelu, node.Float("alpha", 1))),
        ("Elu", static node => Lower(node, UnaryFunction.Elu, node.Float("alpha", 1))),
        ("Selu", static node => Lower(node, UnaryFunction.Selu, node.Float("alpha", SeluAlpha), node.Float("gamma", SeluGamma))),
        ("Celu", static node => Lower(node, UnaryFunction.Celu, node.Float("alpha", 1))),
        ("HardSigmoid", static node => Lower(node, UnaryFunction.HardSigmoid, node.Float("alpha", 0.2f), node.Float("beta", 0.5f))),
        ("HardSwish", static node => Lower(node, UnaryFunction.HardSwish)),
        ("Swish", static node => Lower(node, UnaryFunction.Swish, node.Float("alpha", 1))),
        ("Mish", static node => Lower(node, UnaryFunction.Mish)),
        ("Softplus", static node => Lower(node, UnaryFunction.Softplus)),
        ("Softsign", static node => Lower(node, UnaryFunction.Softsign)),
        ("Gelu", Gelu),
    ];

    private static Lowered Lower(NodeContext node, UnaryFunction function, double alpha = 0, double beta = 0) => Lower(node, node.FloatInput(0), function, alpha, beta);

    private static Lowered Lower(NodeContext node, Wire x, UnaryFunction function, double alpha = 0, double beta = 0)
        => new UnaryNode(node.Name, function, x, node.Output(0, x.Type, x.Shape), alpha, beta);

    private static Lowered Gelu(NodeContext node) => node.Text("approximate", "none") switch
    {
        "none" => Lower(node, UnaryFunction.Gelu),
        "tanh" => Lower(node, UnaryFunction.GeluTanh),
        string other => throw node.Broken($"attribute 'approximate' is '{other}'; expected 'none' or 'tanh'"),
    };
}
