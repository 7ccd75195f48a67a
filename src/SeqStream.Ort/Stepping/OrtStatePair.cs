using SeqStream.Plan;

namespace SeqStream.Ort.Stepping;

/// <summary>One thing a step model remembers: it leaves through an output and comes back through an input at the next step.</summary>
/// <param name="Input">Name of the state input.</param>
/// <param name="Output">Name of the state output; type and shape are those of the input.</param>
/// <param name="Initial">One stream's value before its first step; null for zeros.</param>
public sealed record OrtStatePair(string Input, string Output, ConstantTensor? Initial = null);
