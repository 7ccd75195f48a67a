namespace SeqStream.Onnx.Lowering;

/// <summary>The rules of all operators that a step plan can run, beside the recurrent ones and If, which the lowering itself knows.</summary>
public static partial class OperatorRules
{
    /// <summary>Rules by operator name of ONNX's own operator set.</summary>
    public static IReadOnlyDictionary<string, OperatorRule> All { get; } = Collect();
}
