namespace SeqStream.Onnx.Lowering;

/// <summary>An ONNX operator that step plans can run.</summary>
/// <param name="Name">Its name, with the operator set before a colon where that is not ONNX's own: <c>com.microsoft:FusedMatMul</c>.</param>
/// <param name="Time">What it can do along the time of a stream.</param>
public sealed record SupportedOperator(string Name, TimeSupport Time);
