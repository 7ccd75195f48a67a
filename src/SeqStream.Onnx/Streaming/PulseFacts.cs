using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>What is known of a value that has a time axis, while a model is rewritten to steps of some frames each.</summary>
/// <param name="Axis">The time axis.</param>
/// <param name="Frames">Frames of the value in one step.</param>
/// <param name="Delay">Frames by which the value lags. Below zero, that many frames before the first one given are missing: they are all <paramref name="Fill"/>.</param>
/// <param name="Length">Frames over the whole stream.</param>
/// <param name="Anchor">The newest source frame that the value's first frame would need if nothing waited, less the source frames that pads stand for.</param>
/// <param name="Fill">One element: what the missing frames are made of; null where none are missing.</param>
internal readonly record struct PulseFacts(int Axis, int Frames, int Delay, StreamLength Length, double Anchor, ConstantTensor? Fill)
{
    /// <summary>Source frames for each frame of the value.</summary>
    public double Stride => Length.SourceFramesPerFrame;
}
