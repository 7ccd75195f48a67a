using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A state input of a model, the output that gives its next value, and how that is known.</summary>
/// <param name="Input">The input that takes the state of the step before.</param>
/// <param name="Output">The output that gives the state after the step.</param>
/// <param name="Initial">The state of a new stream: <c>zeros</c>, <c>ones</c> or <c>given</c>.</param>
/// <param name="Reason">Why these two belong together, for people.</param>
public sealed record StatePair(string Input, string Output, string Initial, string Reason)
{
    /// <summary>One stream's initial value; null for zeros.</summary>
    public ConstantTensor? InitialValue { get; init; }

    /// <summary><c>h0 -> hn from zeros: the names say so</c>.</summary>
    public override string ToString() => $"{Input} -> {Output} from {Initial}: {Reason}";
}
