using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Numbers that a step's nodes take from each stream's own clock: which of its frames a step has, and where they end.</summary>
internal static class StreamTimes
{
    /// <summary>[streams, 1] the number of the step's first frame in its stream.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="clock">The streams' clock.</param>
    /// <param name="frames">Frames of the value at each step.</param>
    /// <param name="delay">Frames by which the value lags.</param>
    public static string First(StepGraph graph, StreamClock clock, int frames, int delay)
        => graph.Once(FormattableString.Invariant($"first {frames} {delay}"), () => graph.Node("Sub", [graph.Reshape(graph.Node("Mul", [graph.Read(clock.Steps), graph.Scalar(ElementType.Int64, frames)]), 1), graph.Scalar(ElementType.Int64, delay)]));

    /// <summary>[streams, frames] the number of each frame in its stream.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="clock">The streams' clock.</param>
    /// <param name="frames">Frames of the value at each step.</param>
    /// <param name="delay">Frames by which the value lags.</param>
    public static string Index(StepGraph graph, StreamClock clock, int frames, int delay)
        => graph.Once(FormattableString.Invariant($"index {frames} {delay}"), () =>
        {
            string first = graph.Node("Mul", [graph.Read(clock.Steps), graph.Scalar(ElementType.Int64, frames)]);
            return graph.Node("Add", [graph.Reshape(first, 1), graph.Int64s([.. Enumerable.Range(0, frames).Select(frame => (long)frame - delay)])]);
        });

    /// <summary>[streams, 1] the number after a value's last frame; the greatest there is while the stream goes on.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="clock">The streams' clock.</param>
    /// <param name="length">Frames of the value over a whole stream.</param>
    public static string End(StepGraph graph, StreamClock clock, StreamLength length)
        => graph.Once($"end {length}", () =>
        {
            string source = graph.Reshape(graph.Read(clock.Length), 1);
            string frames = graph.Node("Max", [Of(graph, length, source), graph.Scalar(ElementType.Int64, 0)]);
            string goesOn = graph.Node("Less", [source, graph.Scalar(ElementType.Int64, 0)]);
            return graph.Node("Where", [goesOn, graph.Constant(ConstantTensor.Int64(new TensorShape(), long.MaxValue), "endless"), frames]);
        });

    /// <summary>The formula of a length. ONNX divides towards zero and takes remainders downwards, so the remainder is taken off before a division.</summary>
    private static string Of(StepGraph graph, StreamLength length, string source)
    {
        string value = length.Inner is null ? source : Of(graph, length.Inner, source);
        if (length.Factor != 1) value = graph.Node("Mul", [value, graph.Scalar(ElementType.Int64, length.Factor)]);
        if (length.Offset != 0) value = graph.Node("Add", [value, graph.Scalar(ElementType.Int64, length.Offset)]);
        if (length.Divisor == 1) return value;
        string divisor = graph.Scalar(ElementType.Int64, length.Divisor);
        return graph.Node("Div", [graph.Node("Sub", [value, graph.Node("Mod", [value, divisor])]), divisor]);
    }
}
