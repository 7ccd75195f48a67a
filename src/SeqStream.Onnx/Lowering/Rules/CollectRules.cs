namespace SeqStream.Onnx.Lowering;

public static partial class OperatorRules
{
    private static Dictionary<string, OperatorRule> Collect() => new(StringComparer.Ordinal)
    {
        ["Identity"] = static node => Lowered.Alias(node.Input(0)),
    };
}
