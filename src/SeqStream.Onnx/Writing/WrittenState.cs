using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>A state of a written step model.</summary>
/// <param name="Field">The field of the plan: type, one stream's shape, initial value.</param>
/// <param name="Input">The input that takes the value from before the step.</param>
/// <param name="Output">The output that gives the value after it.</param>
/// <param name="Initial">What the input is given at the first step: for a fixed number of streams for all of them, otherwise for one; null for zeros.</param>
public sealed record WrittenState(StateField Field, string Input, string Output, ConstantTensor? Initial);
