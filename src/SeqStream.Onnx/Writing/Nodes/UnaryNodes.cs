using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Functions of one element; those that the written operator set lacks are composed of others.</summary>
internal static class UnaryNodes
{
    public static void Write(StepGraph graph, UnaryNode node)
    {
        Wire input = node.Inputs[0]!;
        graph.Set(node.Outputs[0]!, Compute(graph, node, input.Type, graph.Spread(input)), input.Shape);
    }

    private static string Compute(StepGraph graph, UnaryNode node, ElementType type, string x)
    {
        (float alpha, float beta) = ((float)node.Alpha, (float)node.Beta);
        string name = node.Function.ToString();
        switch (node.Function)
        {
            case UnaryFunction.IsInf:
                return graph.Node(name, [x], ("detect_positive", alpha != 0 ? 1 : 0), ("detect_negative", beta != 0 ? 1 : 0));
            case UnaryFunction.LeakyRelu or UnaryFunction.ThresholdedRelu or UnaryFunction.Elu or UnaryFunction.Celu:
                return graph.Node(name, [x], ("alpha", alpha));
            case UnaryFunction.Selu:
                return graph.Node(name, [x], ("alpha", alpha), ("gamma", beta));
            case UnaryFunction.HardSigmoid:
                return graph.Node(name, [x], ("alpha", alpha), ("beta", beta));
            case UnaryFunction.Shrink:
                return graph.Node(name, [x], ("lambd", alpha), ("bias", beta));
            case UnaryFunction.Swish:
                return graph.Node("Mul", [x, graph.Node("Sigmoid", [graph.Node("Mul", [x, graph.Scalar(type, node.Alpha)])])]);
            case UnaryFunction.Mish:
                return graph.Node("Mul", [x, graph.Node("Tanh", [graph.Node("Softplus", [x])])]);
            case UnaryFunction.Gelu:
                return HalfOfOnePlus(graph, type, x, graph.Node("Erf", [graph.Node("Mul", [x, graph.Scalar(type, Math.Sqrt(0.5))])]));
            case UnaryFunction.GeluTanh:
                string cube = graph.Node("Mul", [graph.Node("Mul", [graph.Node("Mul", [x, x]), x]), graph.Scalar(type, 0.044715)]);
                string inner = graph.Node("Mul", [graph.Node("Add", [x, cube]), graph.Scalar(type, Math.Sqrt(2 / Math.PI))]);
                return HalfOfOnePlus(graph, type, x, graph.Node("Tanh", [inner]));
            case UnaryFunction.BitwiseNot:
                graph.Require(18);
                break;
        }
        return graph.Node(name, [x]);
    }

    private static string HalfOfOnePlus(StepGraph graph, ElementType type, string x, string part)
        => graph.Node("Mul", [graph.Node("Mul", [x, graph.Scalar(type, 0.5)]), graph.Node("Add", [part, graph.Scalar(type, 1)])]);
}
