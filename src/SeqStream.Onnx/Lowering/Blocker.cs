namespace SeqStream.Onnx.Lowering;

/// <summary>One reason why a model cannot become a step plan.</summary>
/// <param name="Node">The node's name, or the name of the input or output at fault.</param>
/// <param name="Operator">The node's operator; empty where no node is at fault.</param>
/// <param name="Reason">What was found and what was expected.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Blocker(string Node, string Operator, string Reason, string Remedy)
{
    /// <summary><c>'encoder/lstm' (LSTM): reverse direction cannot run step by step. Export it forward-only.</c></summary>
    public override string ToString() => $"'{Node}'{(Operator.Length == 0 ? "" : $" ({Operator})")}: {Reason}. {Remedy}{(Remedy.Length == 0 || Remedy.EndsWith('.') ? "" : ".")}";
}
