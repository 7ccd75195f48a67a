using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Operators.Elementwise;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>Operators with nested graphs.</summary>
internal static class ControlRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Scan", ScanLowering.Lower),
        ("Loop", ScanLowering.Lower),
        ("If", Select),
    ];

    /// <summary>
    /// An If whose condition a step computes: both branches have run, and the result of one is taken. The inputs are the condition, then the results of the one
    /// branch, then those of the other. Nodes change nothing but their outputs, so the branch that is not taken leaves no trace.
    /// </summary>
    private static Lowered Select(NodeContext node)
    {
        Wire condition = node.Input(0);
        if (condition.Type != ElementType.Bool || condition.Shape.ElementCount != 1) throw node.Broken($"its condition is {condition}; expected one bool");
        int count = (node.InputCount - 1) / 2;
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        Wire?[] outputs = new Wire?[node.OutputCount];
        Wire one = condition.Shape.Rank == 0 ? condition : new Wire(node.Wire($"{node.Name}.condition", ElementType.Bool, new TensorShape()).Name, condition, new TensorShape());
        for (int output = 0; output < outputs.Length; output++)
        {
            if (!node.Wants(output)) continue;
            Wire then = node.Input(1 + output), otherwise = node.Input(1 + count + output);
            if (then.Type != otherwise.Type || then.Shape != otherwise.Shape) throw node.Refuse($"its condition '{condition.Name}' is computed from what a step is given, and its branches give {then} and {otherwise}; only results of one type and shape can be chosen from", "Export the model for one branch, or give the inputs that the condition depends on as constants");
            Wire result = node.Output(output, then.Type, then.Shape);
            nodes.Add(new WhereNode(result.Name, one, then, otherwise, result));
            outputs[output] = result;
        }
        return Lowered.Sequence(nodes.ToImmutable(), [.. outputs]);
    }
}
