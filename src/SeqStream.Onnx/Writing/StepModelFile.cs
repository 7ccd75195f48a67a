using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Onnx.Writing;

/// <summary>A step model as ONNX.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Opset">The version of ONNX's operators that it needs.</param>
/// <param name="NodeCount">Nodes of its graph.</param>
/// <param name="States">Every state: the input that takes it and the output that gives its next value.</param>
/// <param name="Inputs">Inputs that are no states, with the shapes of one stream.</param>
/// <param name="Outputs">Outputs that are no states, with the shapes of one stream.</param>
public sealed record StepModelFile(byte[] Bytes, int Opset, int NodeCount, ImmutableArray<WrittenState> States, ImmutableArray<StepPort> Inputs, ImmutableArray<StepPort> Outputs);
