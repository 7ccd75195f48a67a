using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A state pair that somebody names, as against one that is inferred.</summary>
/// <param name="Input">The input that takes the state of the step before.</param>
/// <param name="Output">The output that gives the state after the step.</param>
/// <param name="Initial">The state of a new stream; null for zeros.</param>
public sealed record DeclaredState(string Input, string Output, ConstantTensor? Initial = null);
