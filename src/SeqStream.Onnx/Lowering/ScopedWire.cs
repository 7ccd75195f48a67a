using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A value that nodes can read.</summary>
/// <param name="Wire">The wire that carries it; several values may share one.</param>
/// <param name="Producer">The step that makes it; null for inputs and stored tensors.</param>
internal sealed record ScopedWire(Wire Wire, TraceStep? Producer);
