using SeqStream.Onnx.Lowering.Rules;

namespace SeqStream.Onnx.Lowering;

public static partial class OperatorRules
{
    private static Dictionary<string, OperatorRule> Collect()
    {
        Dictionary<string, OperatorRule> rules = new(StringComparer.Ordinal);
        foreach ((string name, OperatorRule rule) in ElementwiseRules.All
            .Concat(ActivationRules.All)
            .Concat(MatrixRules.All)
            .Concat(NormalizationRules.All)
            .Concat(ShapeRules.All)
            .Concat(MovementRules.All)
            .Concat(IndexingRules.All)
            .Concat(ReductionRules.All)
            .Concat(WindowRules.All)
            .Concat(SpectrumRules.All)
            .Concat(QuantizationRules.All)
            .Concat(ConstantRules.All)
            .Concat(RefusalRules.All))
        {
            rules.Add(name, Guarded(rule));
        }
        return rules;
    }

    /// <summary>A plan node that does not accept what the model gives it is the model's fault here.</summary>
    private static OperatorRule Guarded(OperatorRule rule) => node =>
    {
        try
        {
            return rule(node);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or OverflowException or IndexOutOfRangeException or DivideByZeroException)
        {
            throw node.Broken(fault.Message.TrimEnd('.'));
        }
    };
}
