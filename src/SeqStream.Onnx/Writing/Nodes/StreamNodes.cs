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
        string index = StreamTimes.Index(graph, node.Clock, frames, node.Delay), end = StreamTimes.End(graph, node.Clock, node.Length);
        string before = graph.Node("Less", [index, graph.Scalar(ElementType.Int64, 0)]), after = graph.Node("GreaterOrEqual", [index, end]);
        string number = graph.Constant(fill.Constant!.WithShape(new TensorShape()), fill.Name);
        string value = graph.Spread(input);
        if (node.Inputs[2] is null && node.Inputs[3] is null)
        {
            string outside = OnFrames(graph, graph.Node("Or", [before, after]), input.Shape.Rank, node.Axis, frames);
            graph.Set(node.Outputs[0]!, graph.Node("Where", [outside, number, value]));
            return;
        }
        string suffix = node.Inputs[3] is { } last ? Place(graph, node, Framed(graph, last, number, node.Axis, isAfter: true), graph.Node("Sub", [index, end]), last.Shape[node.Axis]) : number;
        value = graph.Node("Where", [OnFrames(graph, after, input.Shape.Rank, node.Axis, frames), suffix, value]);
        string prefix = number;
        if (node.Inputs[2] is { } first)
        {
            int count = first.Shape[node.Axis];
            prefix = Place(graph, node, Framed(graph, first, number, node.Axis, isAfter: false), graph.Node("Add", [index, graph.Scalar(ElementType.Int64, count + 1)]), count);
        }
        graph.Set(node.Outputs[0]!, graph.Node("Where", [OnFrames(graph, before, input.Shape.Rank, node.Axis, frames), prefix, value]));
    }

    /// <summary>The frame of the step that is the newest one inside the stream; where the step has none, the one that is kept.</summary>
    public static void LatestFrame(StepGraph graph, LatestFrameNode node)
    {
        Wire input = node.Inputs[0]!;
        int axis = node.Axis, frames = input.Shape[axis];
        string kept = graph.Read(node.Latest), first = StreamTimes.First(graph, node.Clock, frames, node.Delay), end = StreamTimes.End(graph, node.Clock, node.Length);
        string last = graph.Node("Sub", [graph.Node("Min", [graph.Node("Add", [first, graph.Scalar(ElementType.Int64, frames)]), end]), graph.Scalar(ElementType.Int64, 1)]);
        string isInside = graph.Node("GreaterOrEqual", [last, graph.Node("Max", [first, graph.Scalar(ElementType.Int64, 0)])]);
        string place = graph.Node("Min", [graph.Node("Max", [graph.Node("Sub", [last, first]), graph.Scalar(ElementType.Int64, 0)]), graph.Scalar(ElementType.Int64, frames - 1)]);
        string newest = graph.Lead == 0 ? graph.Node("Gather", [graph.Spread(input), place], ("axis", axis)) : OwnFrame(graph, input, axis, place);
        int[] ones = new int[input.Shape.Rank];
        Array.Fill(ones, 1);
        string latest = graph.Node("Where", [graph.Reshape(isInside, ones), newest, kept]);
        graph.Write(node.Latest, latest);
        graph.Set(node.Outputs[0]!, latest, node.Latest.Shape);
    }

    /// <summary>Each stream's own frame: the time axis comes next to the streams, and a tuple of one number picks from it.</summary>
    private static string OwnFrame(StepGraph graph, Wire input, int axis, string place)
    {
        const int batchedTuples = 12;   // the operator set from which GatherND has batch dimensions
        graph.Require(batchedTuples);
        int rank = input.Shape.Rank, lead = graph.Lead;
        string turned = graph.Node("Transpose", [graph.Spread(input)], ("perm", (int[])[0, axis + lead, .. Enumerable.Range(lead, rank).Where(at => at != axis + lead)]));
        string picked = graph.Node("GatherND", [turned, graph.Reshape(place, 1)], ("batch_dims", 1));
        int[] shape = [.. input.Shape.Dimensions];
        shape[axis] = 1;
        return graph.Reshape(picked, shape);
    }

    /// <summary>first + number of the frame * increment, in float64.</summary>
    public static void Positions(StepGraph graph, PositionsNode node)
    {
        Wire output = node.Outputs[0]!;
        string numbers = graph.Node("Cast", [StreamTimes.Index(graph, node.Clock, output.Shape.ElementCount, 0)], ("to", (int)ElementType.Float64));
        numbers = graph.Node("Add", [graph.Node("Mul", [numbers, graph.Scalar(ElementType.Float64, node.Increment)]), graph.Scalar(ElementType.Float64, node.First)]);
        graph.Set(output, graph.Reshape(graph.Node("Cast", [numbers], ("to", (int)output.Type)), output.Shape.Dimensions.AsSpan()));
    }

    /// <summary>The sum so far goes in front of the frames, so that numbers are added in the order of the stream; frames before its first count as zero.</summary>
    public static void RunningSum(StepGraph graph, RunningSumNode node)
    {
        Wire input = node.Inputs[0]!;
        int axis = node.Axis + graph.Lead, frames = input.Shape[node.Axis];
        string value = graph.Spread(input);
        if (node.Delay > 0)
        {
            string before = graph.Node("Less", [StreamTimes.Index(graph, node.Clock, frames, node.Delay), graph.Scalar(ElementType.Int64, 0)]);
            value = graph.Node("Where", [OnFrames(graph, before, input.Shape.Rank, node.Axis, frames), graph.Scalar(input.Type, 0), value]);
        }
        if (node.Sum.Type != input.Type) value = graph.Node("Cast", [value], ("to", (int)node.Sum.Type));
        string sums = graph.Node("CumSum", [graph.Node("Concat", [graph.Read(node.Sum), value], ("axis", axis)), graph.Scalar(ElementType.Int64, axis)]);
        string answer = Frames(graph, sums, node.Axis, node.Exclusive ? 0 : 1, node.Exclusive ? frames : frames + 1);
        graph.Write(node.Sum, Frames(graph, sums, node.Axis, frames, frames + 1));
        graph.Set(node.Outputs[0]!, node.Sum.Type == input.Type ? answer : graph.Node("Cast", [answer], ("to", (int)input.Type)));
    }

    /// <summary>A flag for each frame, so that it broadcasts to a value with a time axis.</summary>
    private static string OnFrames(StepGraph graph, string flags, int rank, int axis, int frames)
    {
        int[] dimensions = new int[rank];
        Array.Fill(dimensions, 1);
        dimensions[axis] = frames;
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
