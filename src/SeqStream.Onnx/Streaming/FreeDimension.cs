using SeqStream.Onnx.Lowering;

namespace SeqStream.Onnx.Streaming;

/// <summary>A dimension without a size: a symbol with all its places, or one axis of one input.</summary>
/// <param name="Key">The symbol, or the place: <c>seq</c>, <c>x[1]</c>.</param>
/// <param name="Places">Where it occurs.</param>
internal sealed record FreeDimension(string Key, List<InputAxis> Places);
