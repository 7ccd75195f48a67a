namespace SeqStream.Onnx.Lowering.Control;

/// <summary>A value that is taken apart or put together trip by trip.</summary>
/// <param name="Place">The node's input or output.</param>
/// <param name="Name">The body's name of one place of it.</param>
/// <param name="Axis">The axis along which the trips lie.</param>
/// <param name="IsReverse">True if the first trip has the last place.</param>
/// <param name="KeepsAxis">True if one place has the axis too, with size 1.</param>
internal sealed record ScanFormSlice(int Place, string Name, int Axis, bool IsReverse = false, bool KeepsAxis = false);
