namespace SeqStream.Onnx.Lowering;

/// <summary>What an output of a step plan means in the stream's time.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Timing">When it equals the whole-sequence model's output.</param>
/// <param name="Delay">Steps by which it lags behind the input.</param>
public sealed record LoweredOutput(string Name, OutputTiming Timing, int Delay);
