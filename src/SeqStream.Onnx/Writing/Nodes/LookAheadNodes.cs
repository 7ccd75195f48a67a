using SeqStream.Cells;
using SeqStream.Operators;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>
/// A layer in reverse over a window of future frames: the windows of all frames of a step are rows of one run in reverse, each as long as its stream has frames for it.
/// </summary>
internal static class LookAheadNodes
{
    public static void Write(StepGraph graph, LookAheadNode node)
    {
        int units = node.Weights.HiddenSize, window = node.Ahead + 1;
        long rows = graph.Streams < 0 ? -1 : (long)graph.Streams * node.Frames;
        string index = StreamTimes.Index(graph, node.Clock, node.Frames, node.Delay);
        string left = graph.Node("Sub", [StreamTimes.End(graph, node.Clock, node.Length), index]);
        string lengths = graph.Node("Min", [graph.Node("Max", [left, graph.Scalar(ElementType.Int64, 1)]), graph.Scalar(ElementType.Int64, window)]);
        lengths = graph.ReshapeAll(graph.Node("Cast", [lengths], ("to", (int)ElementType.Int32)), rows);
        RecurrentRun run = new(graph, [new RecurrentDirection(node.Weights, node.Options, IsReverse: true)], node.Name);
        string h = run.Write(Windows(graph, node, rows), window, lengths, Initial(graph, node, 1), Initial(graph, node, 2)).H;
        h = graph.Reshape(h, node.Frames, units);
        string isBefore = graph.Node("Less", [index, graph.Scalar(ElementType.Int64, 0)]);
        string isNone = graph.Node("Or", [isBefore, graph.Node("LessOrEqual", [left, graph.Scalar(ElementType.Int64, 0)])]);
        graph.Set(node.Outputs[0]!, graph.Node("Where", [graph.Reshape(isNone, node.Frames, 1), graph.Scalar(ElementType.Float32, 0), h]), new TensorShape(node.Frames, units));
    }

    /// <summary>[window, streams * frames, input]: the shown frames from each frame on.</summary>
    private static string Windows(StepGraph graph, LookAheadNode node, long rows)
    {
        int window = node.Ahead + 1, inputs = node.Weights.InputSize;
        long[] places = [.. Enumerable.Range(0, window * node.Frames).Select(at => (long)(at / node.Frames) + (at % node.Frames))];
        string shown = graph.Node("Gather", [graph.As(node.Inputs[0]!, node.Frames + node.Ahead, inputs), graph.Int64s(places)], ("axis", graph.Lead));
        if (graph.Lead == 0) return graph.ReshapeAll(shown, window, rows, inputs);
        shown = graph.Node("Transpose", [graph.Reshape(shown, window, node.Frames, inputs)], ("perm", (int[])[1, 0, 2, 3]));
        return graph.ReshapeAll(shown, window, rows, inputs);
    }

    /// <summary>[1, streams * frames, units] an initial state for every row; empty for zeros.</summary>
    private static string Initial(StepGraph graph, LookAheadNode node, int input)
    {
        if (node.Inputs[input] is not { } wire) return "";
        int units = node.Weights.HiddenSize;
        string one = graph.Constant(wire.Constant!.WithShape(new TensorShape(1, 1, units)), wire.Name);
        string streams = graph.Lead == 0 ? graph.Int64s(1) : graph.StreamCount();
        string rows = graph.Node("Mul", [streams, graph.Int64s(node.Frames)]);
        return graph.Node("Expand", [one, graph.Node("Concat", [graph.Int64s(1), rows, graph.Int64s(units)], ("axis", 0))]);
    }
}
