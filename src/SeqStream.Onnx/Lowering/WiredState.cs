using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A state that is copied from the row to a wire before a step and back from a wire after it.</summary>
internal sealed record WiredState(StateField Field, Wire Before, Wire After);
