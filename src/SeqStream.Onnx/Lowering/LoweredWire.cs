using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>One value of an ONNX model in a plan.</summary>
/// <param name="Wire">The wire that carries it. A plan may leave it out where nobody needs it.</param>
/// <param name="Time">Its name in the model and what it means in the stream's time. A delay below zero says that so many first frames are missing, which are all the same.</param>
public sealed record LoweredWire(Wire Wire, LoweredOutput Time);
