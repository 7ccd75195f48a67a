using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in RNN, GRU and LSTM.</summary>
internal static class RecurrentTime
{
    private const int SequenceLengths = 4;

    /// <summary>A forward layer along time keeps its state from step to step; its final state belongs to the last step. A layer along another axis is local.</summary>
    public static void Recurrent(TimeQuestion question)
    {
        OnnxNode node = question.Node;
        if (!question.IsStreaming(0)) return;
        if (question.Facts[0].Axis != RecurrentRule.SequenceAxis(node)) return;
        string direction = node.Attributes.GetValueOrDefault("direction")?.Text ?? "forward";
        if (direction != "forward") throw question.Refuse($"{direction} direction cannot run step by step: it starts at the end of the stream", "Export the model forward-only, or run the whole sequence with the executor 'onnxruntime'");
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
