using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Operators;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>RNN, GRU and LSTM along a stream that may lag and may bring several frames at each step.</summary>
internal static class RecurrentPulse
{
    private const int SequenceLengths = 4;

    /// <summary>Rewrites a recurrent node; null if it runs along another axis. Its final states belong to the last frame alone.</summary>
    public static Lowered? Lower(PulseQuestion question)
    {
        NodeContext node = question.Context;
        if (question.Pass.FactsOf(node.OptionalInput(0)) is not { } facts || facts.Axis != RecurrentRule.SequenceAxis(node.Node)) return null;
        string direction = node.Text("direction", "forward");
        if (direction != "forward") throw node.Refuse($"{direction} direction cannot run step by step: it starts at the end of the stream", "Export the model forward-only, or run the whole sequence with the executor 'onnxruntime'");
        if (question.Streaming.Any(static input => input != 0)) throw question.Refuse("its initial state or its weights change with the stream");
        CheckLengths(question, facts);
        bool wantsH = question.Pass.IsRead(question, 1), wantsC = question.Pass.IsRead(question, 2);
        (Wire x, facts) = question.Settle(node.Input(0), facts);
        if (wantsH || wantsC) (x, facts) = PadPulse.AwaitEnd(question, x, facts);
        RecurrentAttributes attributes = new(node.With(node.Node, [x, .. question.Inputs[1..Math.Min(SequenceLengths, question.Inputs.Length)], null, .. question.Inputs.Skip(SequenceLengths + 1)]));
        if (attributes.Batch != 1) throw question.Refuse($"it runs {attributes.Batch} sequences at once; a step is one stream's");
        RecurrentMemory memory = RecurrentRule.ResidentMemory(node, attributes);
        Wire y = node.Output(0, ElementType.Float32, attributes.OutputShape);
        Wire? h = wantsH ? node.Output(1, ElementType.Float32, attributes.StateShape) : null, c = wantsC ? node.Output(2, ElementType.Float32, attributes.StateShape) : null;
        StepNode made = facts is { Frames: 1, Delay: 0 } && h is null && c is null
            ? new RecurrentStepNode(node.Name, attributes.Weights(0, question.Pass.Weights), attributes.Options(0), x, memory, y, null, null)
            : new RecurrentPulseNode(node.Name, question.Pass.Clock, attributes.Weights(0, question.Pass.Weights), attributes.Options(0), x, memory, y, h, c, facts.Frames, facts.Delay, facts.Length);
        question.Pass.Define(question, 0, y, facts);
        if (h is not null) question.Pass.DefineLatest(question, 1, h, facts);
        if (c is not null) question.Pass.DefineLatest(question, 2, c, facts);
        return question.Result(Lowered.Sequence([made], y, h, c));
    }

    private static void CheckLengths(PulseQuestion question, PulseFacts facts)
    {
        if (question.Context.OptionalInput(SequenceLengths) is null) return;
        Probe lengths = question.ProbeOf(SequenceLengths);
        bool isFull = lengths.IsConstant && IsAll(lengths.Short, facts.Length.Of(question.Pass.ShortLength)) && IsAll(lengths.Long, facts.Length.Of(question.Pass.LongLength));
        if (!isFull) throw question.Context.Refuse("its sequence lengths are given from outside; a stream has no length", "Export the model without sequence_lens");
    }

    private static bool IsAll(Wire wire, long length) => !wire.Constant!.ToInt64Array().AsSpan().ContainsAnyExcept(length);
}
