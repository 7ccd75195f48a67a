using SeqStream.Operators;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Nodes that know of the stream beyond one step: states, delays, edges, the clock.</summary>
internal static class StreamNodes
{
    public static void ReadState(StepGraph graph, ReadStateNode node) => graph.Set(node.Outputs[0]!, graph.Read(node.Field), node.Field.Shape);

    public static void WriteState(StepGraph graph, WriteStateNode node) => graph.Write(node.Field, graph.As(node.Inputs[0]!, node.Field.Shape.Dimensions.AsSpan()));

    public static void CountSteps(StepGraph graph, CountStepsNode node)
        => graph.Write(node.Clock.Steps, graph.Node("Add", [graph.Read(node.Clock.Steps), graph.Scalar(ElementType.Int64, 1)]));

    /// <summary>The row that <see cref="DelayNode"/> draws: its first frames are the output, its last ones are remembered.</summary>
    public static void Delay(StepGraph graph, DelayNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        int remembered = node.Wait + node.Overlap, shown = output.Shape[node.Axis], all = remembered + input.Shape[node.Axis];
        if (remembered == 0)
        {
            graph.Set(output, graph.Spread(input));
            return;
        }
        string row = graph.Node("Concat", [graph.Read(node.Past), graph.Spread(input)], ("axis", node.Axis + graph.Lead));
        graph.Set(output, shown == all ? row : Frames(graph, row, node.Axis, 0, shown));
        graph.Write(node.Past, Frames(graph, row, node.Axis, all - remembered, all));
    }

    /// <summary>The number of each frame in its stream is compared with 0 and with the stream's end.</summary>
    public static void EdgeMask(StepGraph graph, EdgeMaskNode node)
    {
        Wire input = node.Inputs[0]!, fill = node.Inputs[1]!;
        int frames = input.Shape[node.Axis];
        string index = Index(graph, node, frames), end = End(graph, node);
        string before = graph.Node("Less", [index, graph.Scalar(ElementType.Int64, 0)]), after = graph.Node("GreaterOrEqual", [index, end]);
        string number = graph.Constant(fill.Constant!.WithShape(new TensorShape()), fill.Name);
        string value = graph.Spread(input);
        if (node.Inputs[2] is null && node.Inputs[3] is null)
        {
            string outside = OnFrames(graph, graph.Node("Or", [before, after]), node, frames);
            graph.Set(node.Outputs[0]!, graph.Node("Where", [outside, number, value]));
            return;
        }
        string suffix = node.Inputs[3] is { } last ? Place(graph, node, Framed(graph, last, number, node.Axis, isAfter: true), graph.Node("Sub", [index, end]), last.Shape[node.Axis]) : number;
        value = graph.Node("Where", [OnFrames(graph, after, node, frames), suffix, value]);
        string prefix = number;
        if (node.Inputs[2] is { } first)
        {
            int count = first.Shape[node.Axis];
            prefix = Place(graph, node, Framed(graph, first, number, node.Axis, isAfter: false), graph.Node("Add", [index, graph.Scalar(ElementType.Int64, count + 1)]), count);
        }
        graph.Set(node.Outputs[0]!, graph.Node("Where", [OnFrames(graph, before, node, frames), prefix, value]));
    }

    /// <summary>[streams, frames] the number of each frame in its stream.</summary>
    private static string Index(StepGraph graph, EdgeMaskNode node, int frames)
        => graph.Once(FormattableString.Invariant($"index {frames} {node.Delay}"), () =>
        {
            string first = graph.Node("Mul", [graph.Read(node.Clock.Steps), graph.Scalar(ElementType.Int64, frames)]);
            return graph.Node("Add", [graph.Reshape(first, 1), graph.Int64s([.. Enumerable.Range(0, frames).Select(frame => (long)frame - node.Delay)])]);
        });

    /// <summary>[streams, 1] the number after the last frame's; the greatest there is while the stream goes on.</summary>
    private static string End(StepGraph graph, EdgeMaskNode node)
        => graph.Once($"end {node.Length}", () =>
        {
            string source = graph.Reshape(graph.Read(node.Clock.Length), 1);
            string sum = graph.Node("Max", [graph.Node("Add", [source, graph.Scalar(ElementType.Int64, node.Length.Offset)]), graph.Scalar(ElementType.Int64, 0)]);
            string length = node.Length.Divisor == 1 ? sum : graph.Node("Div", [sum, graph.Scalar(ElementType.Int64, node.Length.Divisor)]);
            string goesOn = graph.Node("Less", [source, graph.Scalar(ElementType.Int64, 0)]);
            return graph.Node("Where", [goesOn, graph.Constant(ConstantTensor.Int64(new TensorShape(), long.MaxValue), "endless"), length]);
        });

    /// <summary>A flag for each frame, so that it broadcasts to the node's input.</summary>
    private static string OnFrames(StepGraph graph, string flags, EdgeMaskNode node, int frames)
    {
        int[] dimensions = new int[node.Inputs[0]!.Shape.Rank];
        Array.Fill(dimensions, 1);
        dimensions[node.Axis] = frames;
        return graph.Reshape(flags, dimensions);
    }

    /// <summary>The frames of a constant with one frame of the fill value before the first, or after the last.</summary>
    private static string Framed(StepGraph graph, Wire frames, string number, int axis, bool isAfter)
    {
        long[] none = new long[frames.Shape.Rank], one = new long[frames.Shape.Rank];
        one[axis] = 1;
        return graph.Node("Pad", [graph.Of(frames), graph.Int64s(isAfter ? [.. none, .. one] : [.. one, .. none]), number]);
    }

    /// <summary>Picks for each frame of the step a frame of a constant; numbers outside 0 to <paramref name="last"/> pick the nearest.</summary>
    private static string Place(StepGraph graph, EdgeMaskNode node, string constant, string numbers, int last)
    {
        numbers = graph.Node("Min", [graph.Node("Max", [numbers, graph.Scalar(ElementType.Int64, 0)]), graph.Scalar(ElementType.Int64, last)]);
        int rank = node.Inputs[0]!.Shape.Rank, frames = node.Inputs[0]!.Shape[node.Axis];
        if (graph.Lead == 0) return graph.Node("Gather", [constant, graph.ReshapeAll(numbers, frames)], ("axis", node.Axis));
        string picked = graph.Node("Gather", [constant, numbers], ("axis", node.Axis));
        int[] order = [node.Axis, .. Enumerable.Range(0, node.Axis), .. Enumerable.Range(node.Axis + 1, rank - node.Axis)];
        return graph.Node("Transpose", [picked], ("perm", order));
    }

    private static string Frames(StepGraph graph, string row, int axis, int from, int to)
        => graph.Node("Slice", [row, graph.Int64s(from), graph.Int64s(to), graph.Int64s(axis + graph.Lead)]);
}
