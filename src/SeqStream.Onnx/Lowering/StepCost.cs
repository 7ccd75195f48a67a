using System.Globalization;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>What one lane's step of a plan may cost.</summary>
internal static class StepCost
{
    /// <summary>Why a step would cost too much, naming the node that costs most; null if it does not.</summary>
    public static Blocker? Excess(StepPlan plan)
    {
        if (plan.Nodes.IsEmpty) return null;
        double operations = plan.Nodes.Sum(static node => (double)node.Operations);
        if (operations > LoweringBudget.StepOperations)
        {
            StepNode most = plan.Nodes.MaxBy(static node => node.Operations)!;
            return new Blocker(most.Name, most.Operator, Format($"a step would take {operations:G3} operations, {most.Operations} of them here; the limit is {LoweringBudget.StepOperations}"), "Use smaller dimensions");
        }
        double bytes = plan.Nodes.Sum(static node => (double)BytesOf(node));
        if (bytes <= LoweringBudget.StepBytes) return null;
        StepNode largest = plan.Nodes.MaxBy(BytesOf)!;
        return new Blocker(largest.Name, largest.Operator, Format($"the values of a step would take {bytes} bytes, {BytesOf(largest)} of them here; the limit is {LoweringBudget.StepBytes}"), "Use smaller dimensions");
    }

    /// <summary>Bytes of a node's results and of the table of its window.</summary>
    private static long BytesOf(StepNode node)
        => node.Outputs.Sum(static wire => (long)(wire?.ByteCount ?? 0)) + (WindowOf(node) is { } window ? (long)sizeof(int) * window.OutputCount * window.KernelCount : 0);

    private static Window? WindowOf(StepNode node) => node switch
    {
        ConvolutionNode convolution => convolution.Window,
        TransposedConvolutionNode convolution => convolution.Window,
        MaxPoolNode pool => pool.Window,
        AveragePoolNode pool => pool.Window,
        _ => null,
    };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
