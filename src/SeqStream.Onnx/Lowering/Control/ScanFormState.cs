using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Control;

/// <summary>What a body carries from trip to trip.</summary>
/// <param name="Input">The node's input with its initial value; -1 where <paramref name="Initial"/> is it.</param>
/// <param name="Initial">The initial value of a state that is no input of the node.</param>
/// <param name="Before">The body's name of its value before a trip.</param>
/// <param name="After">The body's name of its value after a trip.</param>
/// <param name="Output">The node's output with its final value; -1 for none.</param>
internal sealed record ScanFormState(int Input, ConstantTensor? Initial, string Before, string After, int Output);
