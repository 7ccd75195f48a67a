using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>A state pair with the declarations of its two ends and, if somebody gave one, its initial value.</summary>
internal sealed record FoundPair(OnnxValue Input, OnnxValue Output, ConstantTensor? Initial, StatePair Pair);
