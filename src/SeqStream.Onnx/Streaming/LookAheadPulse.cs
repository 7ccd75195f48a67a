using SeqStream.Cells;
using SeqStream.Onnx.Lowering;
using SeqStream.Operators;
using SeqStream.Operators.Movement;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// RNN, GRU and LSTM in reverse or both directions along a stream, near the whole sequence's numbers: the reverse direction of each frame runs over that frame and
/// a fixed number of frames after it, the forward direction waits for it. Windows that reach the stream's end give the exact numbers. Layers behind each other add up their waits.
/// </summary>
internal static class LookAheadPulse
{
    /// <summary>Rewrites a recurrent node that is not forward-only. Its final states are not offered: that of the reverse direction belongs to the first frame and needs the last.</summary>
    /// <param name="question">The node.</param>
    /// <param name="attributes">Its weights and shapes, for the frames of a step.</param>
    /// <param name="x">Its input.</param>
    /// <param name="facts">What is known of the input.</param>
    /// <param name="ahead">Frames of a window after its own.</param>
    public static Lowered Lower(PulseQuestion question, RecurrentAttributes attributes, Wire x, PulseFacts facts, int ahead)
    {
        NodeContext node = question.Context;
        question.Pass.Approximate.Add(node.Name);
        (Wire shown, PulseFacts later) = question.Delay(x, facts, 0, ahead);
        later = later with { Frames = facts.Frames };
        int reverse = attributes.Directions - 1;
        TensorShape shape = attributes.IsBatchFirst ? new(1, facts.Frames, 1, attributes.HiddenSize) : new(facts.Frames, 1, 1, attributes.HiddenSize);
        Wire y = node.Output(0, ElementType.Float32, attributes.OutputShape);
        Wire backward = reverse == 0 ? y : node.Wire(question.Unique("backward"), ElementType.Float32, shape);
        question.Insert(new LookAheadNode(
            backward.Name, question.Pass.Clock, attributes.Weights(reverse, question.Pass.Weights), attributes.Options(reverse), shown,
            Initial(question, attributes, attributes.InitialH, "h", reverse), Initial(question, attributes, attributes.InitialC, "c", reverse), backward, facts.Frames, ahead, later.Delay, facts.Length));
        if (reverse > 0)
        {
            Wire forward = question.Delay(Forward(question, attributes, x, facts, shape), facts, ahead, 0).Wire;
            question.Insert(new ConcatNode(node.Name, [forward, backward], y, attributes.IsBatchFirst ? 2 : 1));
        }
        question.Pass.Define(question, 0, y, later);
        return question.Result(Lowered.Sequence([], y, null, null));
    }

    private static Wire Forward(PulseQuestion question, RecurrentAttributes attributes, Wire x, PulseFacts facts, TensorShape shape)
    {
        string name = question.Unique("forward");
        StateField h = Field(question, attributes, attributes.InitialH, "h");
        StateField? c = attributes.Kind == CellKind.Lstm ? Field(question, attributes, attributes.InitialC, "c") : null;
        Wire y = question.Context.Wire(name, ElementType.Float32, shape);
        question.Insert(new RecurrentPulseNode(
            y.Name, question.Pass.Clock, attributes.Weights(0, question.Pass.Weights), attributes.Options(0), x, RecurrentMemory.Resident(h, c), y, null, null, facts.Frames, facts.Delay, facts.Length));
        return y;
    }

    private static StateField Field(PulseQuestion question, RecurrentAttributes attributes, Wire? initial, string part)
        => new($"{question.Node.Name}.{part}", ElementType.Float32, new TensorShape(1, 1, attributes.HiddenSize), Initial(question, attributes, initial, part, 0)?.Constant);

    /// <summary>The initial state of one direction; null for zeros.</summary>
    private static Wire? Initial(PulseQuestion question, RecurrentAttributes attributes, Wire? both, string part, int direction)
    {
        if (both is null) return null;
        if (both.Constant is null) throw question.Refuse($"its initial {part}, '{both.Name}', is computed from what a step is given");
        TensorShape shape = new(1, 1, attributes.HiddenSize);
        ConstantTensor one = ConstantTensor.Float32(shape, both.Constant.Values<float>().Slice(direction * attributes.HiddenSize, attributes.HiddenSize));
        return new Wire(question.Context.Wire(question.Unique("initial." + part), ElementType.Float32, shape).Name, one);
    }
}
