namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Operators that no step plan can have, with the reason.</summary>
internal static class RefusalRules
{
    private const string FixedSizes = "Replace it by a mask of fixed size before exporting";

    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("NonZero", static node => DependsOnValues(node)),
        ("Compress", static node => DependsOnValues(node)),
        ("Unique", static node => DependsOnValues(node)),
    ];

    private static Lowered DependsOnValues(NodeContext node)
        => throw node.Refuse("the size of its result depends on the values it is given, but every size must be known when the plan is built", FixedSizes);
}
