using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in RNN, GRU and LSTM.</summary>
internal static class RecurrentTime
{
    /// <summary>What to do about a layer that is not forward-only.</summary>
    public const string BackwardRemedy = "Export the model forward-only, accept numbers near those of the whole sequence with a look-ahead, or run the newest frames anew at every step (--window)";

    private const int SequenceLengths = 4;

    /// <summary>Why a layer in a direction other than forward cannot be exact.</summary>
    public static string Backward(string direction) => $"{direction} direction cannot run step by step: it starts at the end of the stream";

    /// <summary>True if a layer whose input is not understood is in a direction other than forward, as many steps long as the stream: it would be refused all the same.</summary>
    public static bool IsBackwardAlongStream(TraceStep shorter, TraceStep longer, out Blocker? blocker)
    {
        blocker = null;
        OnnxNode node = shorter.Node;
        if (!RecurrentRule.IsRecurrent(node) || shorter.Inputs[0] is not { Shape.Rank: 3 } x || longer.Inputs[0] is not { Shape.Rank: 3 } longX) return false;
        string direction = node.Attributes.GetValueOrDefault("direction")?.Text ?? "forward";
        int axis = RecurrentRule.SequenceAxis(node);
        if (direction == "forward" || x.Shape[axis] != Probe.ShortLength || longX.Shape[axis] != Probe.LongLength) return false;
        blocker = new Blocker(node.Name, node.Operator, Backward(direction), BackwardRemedy);
        return true;
    }

    /// <summary>A forward layer along time keeps its state from step to step; its final state belongs to the last step. A layer along another axis is local.</summary>
    public static void Recurrent(TimeQuestion question)
    {
        OnnxNode node = question.Node;
        if (!question.IsStreaming(0)) return;
        if (question.Facts[0].Axis != RecurrentRule.SequenceAxis(node)) return;
        string direction = node.Attributes.GetValueOrDefault("direction")?.Text ?? "forward";
        if (direction != "forward") throw question.Refuse(Backward(direction), BackwardRemedy);
        CheckLengths(question);
        for (int input = SequenceLengths + 1; input < Math.Min(question.Inputs.Length, SequenceLengths + 3); input++)
        {
            if (!question.Has(input)) continue;
            bool starts = question.Facts[input].Kind == TimeKind.Initial || (question.Inputs[input]!.IsConstant && question.Facts[input].Kind == TimeKind.Fixed);
            if (!starts) throw question.Refuse($"its initial state '{question.Inputs[input]!.Short.Name}' is computed, not given", "Export the model with a constant initial state, or declare its state pair");
        }
        question.IsResident = true;
        question.LastStepOutputsFrom = 1;
    }

    private static void CheckLengths(TimeQuestion question)
    {
        if (!question.Has(SequenceLengths)) return;
        Probe lengths = question.Inputs[SequenceLengths]!;
        bool isFull = lengths.IsConstant && !lengths.Short.Constant!.ToInt64Array().AsSpan().ContainsAnyExcept(Probe.ShortLength)
            && !lengths.Long.Constant!.ToInt64Array().AsSpan().ContainsAnyExcept(Probe.LongLength);
        if (!isFull) throw question.Refuse("its sequence lengths are given from outside; a stream has no length", "Export the model without sequence_lens");
    }
}
