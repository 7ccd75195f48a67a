namespace SeqStream.Onnx.Lowering;

/// <summary>How a walk lowers what has more than one way.</summary>
/// <param name="Recurrent">The rule for RNN, GRU and LSTM.</param>
/// <param name="RunsBothBranches">True if an If whose condition a step computes runs both its branches; false where a caller may still make the condition constant.</param>
internal sealed record WalkRules(OperatorRule Recurrent, bool RunsBothBranches)
{
    /// <summary>Counts the nodes of nested graphs over all walks.</summary>
    public BodyBudget Bodies { get; } = new();
}
