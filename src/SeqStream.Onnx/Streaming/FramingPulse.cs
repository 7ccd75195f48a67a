using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Short-time Fourier transforms along the stream: a window that moves by whole hops, like a convolution without padding.</summary>
internal static class FramingPulse
{
    /// <summary>Rewrites STFT; null if the stream is its batch.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts || question.Streaming.Count() > 1 || facts.Axis > 1) throw question.Refuse("its window or its real and imaginary parts run over the stream's time");
        if (facts.Axis == 0) return null;
        (int hop, int frame) = Lowering.Rules.SpectrumRules.SizesOf(node);
        question.Pass.NeedMultiple(question, facts.Frames, hop);
        (Wire wire, PulseFacts shown) = WindowPulse.Show(question, node.Input(0), facts, hop, frame - 1);
        Lowered lowered = question.Apply(question.Inputs.SetItem(0, wire));
        PulseFacts result = WindowPulse.Moved(facts, shown, hop, frame - 1);
        question.Pass.Define(question, 0, lowered.Outputs[0]!, result);
        return question.Result(lowered);
    }
}
