using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Transposed convolutions along the stream. With stride s and a window that reaches over K = (k - 1) * d frames after its first, input frame i adds to the frames
/// i * s to i * s + K. So the s frames that begin at i * s are complete when frame i has come and the floor(K / s) frames before it are shown again; they are computed
/// whole, each sum in one order, and no half sum is kept. Frames outside the stream count as zero.
/// </summary>
internal static class TransposedPulse
{
    private const int MostDimensions = 3;

    /// <summary>Rewrites a node; null if its window leaves the frames apart.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts || question.Streaming.Count() > 1 || facts.Axis == 1) throw question.Refuse("the window runs over the stream's time in its channels or its weights");
        if (facts.Axis == 0) return null;
        Window window = WindowOf(question, question.Short), longer = WindowOf(question, question.Long);
        int at = MostDimensions - (node.Input(0).Shape.Rank - facts.Axis);
        (int before, int stride, int reach) = (window.Before[at], window.Strides[at], (window.Kernel[at] - 1) * window.Dilations[at]);
        int more = window.Input[at] - (window.Output[at] * stride);
        if (before != longer.Before[at] || more != longer.Input[at] - (longer.Output[at] * stride)) throw question.Refuse("its padding along time depends on the length of the stream");
        if (reach == 0 && stride == 1 && before == 0 && more == 0) return null;
        (Wire wire, facts) = question.Settle(node.Input(0), facts);
        bool goesOn = more + before > 0;     // frames after those of the last input frame's stride are answered
        if (goesOn) (wire, facts) = PadPulse.AwaitEnd(question, wire, facts);
        if (goesOn || (facts.Delay > 0 && reach >= stride)) wire = PadPulse.Mask(question, wire, facts, Scalars.Of(wire.Type, 0), null, null);
        int overlap = reach / stride;
        (wire, PulseFacts shown) = question.Delay(wire, facts, 0, overlap);
        Lowered lowered = question.Apply(question.Inputs.SetItem(0, wire), Cropped(question, window, at, shown.Frames, overlap * stride, facts.Frames * stride));
        PulseFacts result = facts with
        {
            Frames = facts.Frames * stride,
            Delay = checked((facts.Delay * stride) + before),
            Length = facts.Length.Times(stride).Plus(more),
            Anchor = facts.Anchor + (facts.Stride / stride * Math.Clamp(-more, 0, before)),
        };
        question.Pass.Define(question, 0, lowered.Outputs[0]!, result);
        return question.Result(lowered);
    }

    private static Window WindowOf(PulseQuestion question, TraceStep step)
    {
        NodeContext whole = question.Context.With(question.Node, step.Inputs);
        WindowAttributes attributes = WindowAttributes.Read(whole, whole.Input(0), whole.Input(1).Shape.Dimensions.AsSpan()[2..]);
        return attributes.OverOutput(whole.Input(0).Shape, whole.Ints("output_padding"), whole.Ints("output_shape"));
    }

    /// <summary>The node with its cropping written out; along time it leaves out the first <paramref name="before"/> frames and answers the next <paramref name="frames"/>.</summary>
    private static OnnxNode Cropped(PulseQuestion question, Window window, int at, int shown, int before, int frames)
    {
        ImmutableArray<int> sizes = window.Output.SetItem(at, shown), firsts = window.Before.SetItem(at, before), results = window.Input.SetItem(at, frames);
        long[] pads = new long[2 * MostDimensions], more = new long[MostDimensions];
        for (int axis = 0; axis < MostDimensions; axis++)
        {
            int excess = (window.Strides[axis] * (sizes[axis] - 1)) + ((window.Kernel[axis] - 1) * window.Dilations[axis]) + 1 - firsts[axis] - results[axis];
            (pads[axis], pads[MostDimensions + axis], more[axis]) = (firsts[axis], Math.Max(excess, 0), Math.Max(-excess, 0));
        }
        int none = MostDimensions - (question.Context.Input(0).Shape.Rank - 2);
        return question.Node.Without("auto_pad").Without("output_shape").WithInts("output_padding", more.AsSpan(none)).WithInts("pads", [.. pads[none..MostDimensions], .. pads[(MostDimensions + none)..]]);
    }
}
