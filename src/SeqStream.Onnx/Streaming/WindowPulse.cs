using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Convolutions and pools whose window runs along the stream. With a window of k frames, dilation d and stride s, a place reaches over K = (k - 1) * d frames
/// before its last. The padded stream is shown with max(0, K + 1 - s) earlier frames, after a wait that lets the first place fall on the first frame of a stride;
/// then the operator runs without padding.
/// </summary>
internal static class WindowPulse
{
    private const int MostDimensions = 3;

    /// <summary>Rewrites a node; null if its window leaves the frames apart.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.Input(0)) is not { } facts || question.Streaming.Count() > 1 || facts.Axis == 1) throw question.Refuse("the window runs over the stream's time in its channels or its weights");
        if (facts.Axis == 0) return null;
        (Window window, ImmutableArray<int> after) = WindowOf(question, question.Short);
        (Window longer, ImmutableArray<int> longAfter) = WindowOf(question, question.Long);
        int at = MostDimensions - (node.Input(0).Shape.Rank - facts.Axis);
        (int before, int behind, int stride, int reach) = (window.Before[at], after[at], window.Strides[at], (window.Kernel[at] - 1) * window.Dilations[at]);
        if (reach == 0 && stride == 1 && before == 0 && behind == 0) return null;
        bool isSame = node.Text("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal);
        if (before != longer.Before[at] || behind != longAfter[at] || (isSame && stride > 1)) throw question.Refuse("its padding along time depends on the length of the stream");
        if (stride > 1 && node.Int("ceil_mode", 0) != 0) throw question.Refuse("it rounds its length along time up (ceil_mode), so the last place depends on the length of the stream");
        if (node.Node.Operator == "MaxPool" && node.Wants(1)) throw question.Refuse("it answers positions in the whole sequence");
        question.Pass.NeedMultiple(question, facts.Frames, stride);
        ConstantTensor fill = Scalars.Of(node.Input(0).Type, node.Node.Operator == "MaxPool" ? double.NegativeInfinity : 0);
        bool countsInside = node.Node.Operator == "AveragePool" && node.Int("count_include_pad", 0) == 0 && (before > 0 || behind > 0);
        Wire input = node.Input(0);
        if (countsInside) (input, facts) = question.Settle(input, facts);
        (Wire wire, PulseFacts padded) = Show(question, input, facts, before, behind, fill, stride, reach);
        Lowered lowered = question.Apply(question.Inputs.SetItem(0, wire), Unpadded(question, window, after, at));
        if (countsInside) lowered = DivideByShare(question, lowered, facts, before, behind, window, at);
        question.Pass.Define(question, 0, lowered.Outputs[0]!, Moved(facts, padded, stride, reach));
        return question.Result(lowered);
    }

    /// <summary>What is known of the places of a window.</summary>
    /// <param name="facts">The facts of the stream.</param>
    /// <param name="shown">Those of the stream as it is shown to the window.</param>
    /// <param name="stride">Frames from one place to the next.</param>
    /// <param name="reach">Frames from a place's first frame to its last.</param>
    public static PulseFacts Moved(PulseFacts facts, PulseFacts shown, int stride, int reach) => shown with
    {
        Frames = facts.Frames / stride,
        Delay = shown.Delay / stride,
        Length = shown.Length.Plus(stride - reach - 1).Over(stride),
        Anchor = shown.Anchor + (shown.Stride * reach),
        Fill = null,
    };

    /// <summary>Pads the stream and shows as many earlier frames as the window needs.</summary>
    private static (Wire Wire, PulseFacts Facts) Show(PulseQuestion question, Wire wire, PulseFacts facts, int before, int behind, ConstantTensor fill, int stride, int reach)
    {
        if (before > 0 || behind > 0) (wire, facts) = PadPulse.Apply(question, wire, facts, before, behind, fill);
        return Show(question, wire, facts, stride, reach);
    }

    /// <summary>Shows as many earlier frames as a window needs, after a wait that lets its first place fall on the first frame of a stride.</summary>
    public static (Wire Wire, PulseFacts Facts) Show(PulseQuestion question, Wire wire, PulseFacts facts, int stride, int reach)
    {
        int overlap = Math.Max(0, reach + 1 - stride), wait = Math.Max(0, -(facts.Delay + overlap));
        wait += (stride - ((facts.Delay + overlap + wait) % stride)) % stride;
        return question.Delay(wire, facts, wait, overlap);
    }

    private static (Window Window, ImmutableArray<int> After) WindowOf(PulseQuestion question, TraceStep step)
    {
        NodeContext whole = question.Context.With(question.Node, step.Inputs);
        ReadOnlySpan<int> kernel = question.Node.Operator == "Conv" ? whole.Input(1).Shape.Dimensions.AsSpan()[2..] : default;
        Window window = WindowAttributes.Read(whole, whole.Input(0), kernel).OverInput(whole.Input(0).Shape, whole.Int("ceil_mode", 0) != 0, out ImmutableArray<int> after);
        return (window, after);
    }

    /// <summary>The node with its padding written out, and none along time.</summary>
    private static OnnxNode Unpadded(PulseQuestion question, Window window, ImmutableArray<int> after, int at)
    {
        int rank = question.Context.Input(0).Shape.Rank - 2;
        long[] pads = [.. window.Before.SetItem(at, 0).Skip(MostDimensions - rank).Select(static pad => (long)pad), .. after.SetItem(at, 0).Skip(MostDimensions - rank).Select(static pad => (long)pad)];
        return question.Node.Without("auto_pad").WithInts("pads", pads);
    }

    /// <summary>A mean over the frames inside the stream alone: the mean over all frames of the window, divided by the share of those inside.</summary>
    private static Lowered DivideByShare(PulseQuestion question, Lowered means, PulseFacts facts, int before, int behind, Window window, int at)
    {
        Wire mean = means.Outputs[0]!;
        int[] dimensions = [.. Enumerable.Repeat(1, mean.Shape.Rank)];
        dimensions[facts.Axis] = facts.Frames;
        float[] ones = new float[facts.Frames];
        Array.Fill(ones, 1);
        Wire inside = new(question.Unique("ones"), Cast(ConstantTensor.Float32(new TensorShape(dimensions), ones), mean.Type));
        int reach = (window.Kernel[at] - 1) * window.Dilations[at];
        (Wire shown, PulseFacts shownFacts) = Show(question, inside, facts, before, behind, Scalars.Of(mean.Type, 0), window.Strides[at], reach);
        Window counting = Counting(window, at, shownFacts.Frames, facts.Frames / window.Strides[at]);
        dimensions[facts.Axis] = counting.OutputCount;
        Wire share = question.Context.Wire(question.Unique("share"), mean.Type, new TensorShape(dimensions));
        int[] divisors = new int[counting.OutputCount];
        Array.Fill(divisors, window.Kernel[at]);
        question.Insert(new AveragePoolNode(share.Name, shown, share, counting, divisors));
        Wire output = question.Context.Wire(question.Unique("mean"), mean.Type, mean.Shape);
        return Lowered.Sequence([.. means.Nodes, new BinaryNode(output.Name, BinaryFunction.Div, mean, share, output)], output);
    }

    private static Window Counting(Window window, int at, int frames, int places)
    {
        ImmutableArray<int> ones = [1, 1, 1], zeros = [0, 0, 0];
        return new Window(ones.SetItem(at, frames), ones.SetItem(at, window.Kernel[at]), ones.SetItem(at, window.Strides[at]), ones.SetItem(at, window.Dilations[at]), zeros, ones.SetItem(at, places));
    }

    private static ConstantTensor Cast(ConstantTensor ones, ElementType type)
    {
        ConstantTensor one = Scalars.Of(type, 1);
        byte[] bytes = new byte[ones.Shape.ElementCount * one.Bytes.Length];
        for (int element = 0; element < bytes.Length; element += one.Bytes.Length) one.Bytes.CopyTo(bytes.AsSpan(element));
        return new ConstantTensor(type, ones.Shape, bytes);
    }
}
