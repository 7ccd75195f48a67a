using SeqStream.Cells;
using SeqStream.Operators;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Recurrent layers: one step, the frames of one step, or a sequence inside one step. The streams are the rows of a layer's batch.</summary>
internal static class RecurrentNodes
{
    public static void Step(StepGraph graph, RecurrentStepNode node)
    {
        CellWeights weights = node.Weights;
        int units = weights.HiddenSize;
        string x = graph.ReshapeAll(graph.Spread(node.Inputs[0]!), 1, graph.Streams, weights.InputSize);
        string h = node.Memory.FieldH is { } fieldH ? graph.Read(fieldH) : node.Memory.WireH is { } wireH ? graph.Spread(wireH) : "";
        string c = node.Memory.FieldC is { } fieldC ? graph.Read(fieldC) : node.Memory.WireC is { } wireC ? graph.Spread(wireC) : "";
        RecurrentRun.Answer made = RunOf(graph, node, weights, node.Options).Write(x, 1, "", State(graph, h, units), State(graph, c, units));
        if (node.Memory.FieldH is { } nextH) graph.Write(nextH, graph.Reshape(made.H, nextH.Shape.Dimensions.AsSpan()));
        if (node.Memory.FieldC is { } nextC) graph.Write(nextC, graph.Reshape(made.C, nextC.Shape.Dimensions.AsSpan()));
        if (node.Outputs[0] is { } y) graph.Set(y, graph.Reshape(made.H, y.Shape.Dimensions.AsSpan()));
        if (node.Outputs[1] is { } finalH) graph.Set(finalH, graph.Reshape(made.H, finalH.Shape.Dimensions.AsSpan()));
        if (node.Outputs[2] is { } finalC) graph.Set(finalC, graph.Reshape(made.C, finalC.Shape.Dimensions.AsSpan()));
    }

    /// <summary>
    /// Frames that are not yet the stream's own come first, so a step falls into at most two parts, each of which counts as a whole or not at all.
    /// </summary>
    public static void Pulse(StepGraph graph, RecurrentPulseNode node)
    {
        int frames = node.Frames, units = node.Weights.HiddenSize;
        string x = graph.As(node.Inputs[0]!, frames, node.Weights.InputSize);
        x = graph.Lead == 1 ? graph.Node("Transpose", [x], ("perm", (int[])[1, 0, 2])) : graph.ReshapeAll(x, frames, 1, node.Weights.InputSize);
        StateField fieldH = node.Memory.FieldH!;
        string h = State(graph, graph.Read(fieldH), units), c = node.Memory.FieldC is null ? "" : State(graph, graph.Read(node.Memory.FieldC), units);
        (int firstStep, int early) = Math.DivRem(node.Delay, frames);
        List<string> ys = [];
        if (early > 0) ys.Add(Part(0, early, firstStep + 1));
        ys.Add(Part(early, frames - early, firstStep));
        string y = ys.Count == 1 ? ys[0] : graph.Node("Concat", [.. ys], ("axis", 0));
        if (graph.Lead == 1) y = graph.Node("Transpose", [y], ("perm", (int[])[2, 1, 0, 3]));
        graph.Set(node.Outputs[0]!, graph.Reshape(y, node.Outputs[0]!.Shape.Dimensions.AsSpan()));
        graph.Write(fieldH, graph.Reshape(h, fieldH.Shape.Dimensions.AsSpan()));
        if (node.Memory.FieldC is { } fieldC) graph.Write(fieldC, graph.Reshape(c, fieldC.Shape.Dimensions.AsSpan()));
        if (node.Outputs[1] is { } finalH) graph.Set(finalH, graph.Reshape(h, finalH.Shape.Dimensions.AsSpan()));
        if (node.Outputs[2] is { } finalC) graph.Set(finalC, graph.Reshape(c, finalC.Shape.Dimensions.AsSpan()));

        string Part(int from, int count, int least)
        {
            string part = count == frames ? x : graph.Node("Slice", [x, graph.Int64s(from), graph.Int64s(from + count), graph.Int64s(0)]);
            string lengths = "", left = "";
            if (node.StopsAtEnd) (lengths, left) = Lengths(graph, node, from, count);
            RecurrentRun.Answer made = RunOf(graph, node, node.Weights, node.Options).Write(part, count, lengths, h, c);
            if (least == 0 && !node.StopsAtEnd)
            {
                (h, c) = (made.H, made.C);
                return made.Y;
            }
            string hasBegun = graph.ReshapeAll(graph.Node("GreaterOrEqual", [graph.Read(node.Clock.Steps), graph.Scalar(ElementType.Int64, least)]), graph.Streams, 1);
            if (node.StopsAtEnd) hasBegun = graph.Node("And", [hasBegun, graph.Node("Greater", [left, graph.Scalar(ElementType.Int64, 0)])]);
            hasBegun = graph.ReshapeAll(hasBegun, 1, graph.Streams, 1);
            h = graph.Node("Where", [hasBegun, made.H, h]);
            if (c.Length > 0) c = graph.Node("Where", [hasBegun, made.C, c]);
            return graph.Node("Where", [hasBegun, made.Y, graph.Scalar(ElementType.Float32, 0)]);
        }
    }

    /// <summary>How many frames of a part lie before the stream's end: int32 [streams] for the layer, which takes no less than one; int64 [streams, 1] as it is.</summary>
    private static (string Lengths, string Left) Lengths(StepGraph graph, RecurrentPulseNode node, int from, int count)
    {
        string first = StreamTimes.First(graph, node.Clock, node.Frames, node.Delay - from), end = StreamTimes.End(graph, node.Clock, node.Length);
        string left = graph.Node("Sub", [end, first]);
        string bounded = graph.Node("Min", [graph.Node("Max", [left, graph.Scalar(ElementType.Int64, 1)]), graph.Scalar(ElementType.Int64, count)]);
        return (graph.Node("Cast", [graph.ReshapeAll(bounded, graph.Streams)], ("to", (int)ElementType.Int32)), left);
    }

    public static void Sequence(StepGraph graph, RecurrentSequenceNode node)
    {
        CellWeights weights = node.Directions[0].Weights;
        int directions = node.Directions.Length, units = weights.HiddenSize;
        long rows = graph.Streams < 0 ? -1 : graph.Streams * node.Batch;
        if (node.Batch == 0 || node.Steps == 0) throw graph.Refuse("it runs over no steps or no sequences", "Write the model without this node");
        // [streams, steps, batch, ...] and [streams, batch, steps, ...] to [steps, streams, batch, ...]; states likewise.
        int[] front = node.IsBatchFirst ? [2, 0, 1, 3] : [1, 0, 2, 3];
        string x = graph.ReshapeAll(Turned(graph, node.Inputs[0]!, front), node.Steps, rows, weights.InputSize);
        string lengths = node.Inputs[1] is { } given ? graph.ReshapeAll(graph.Spread(given), rows) : "";
        string h = node.Inputs[2] is { } initialH ? graph.ReshapeAll(Turned(graph, initialH, front), directions, rows, units) : "";
        string c = node.Inputs[3] is { } initialC ? graph.ReshapeAll(Turned(graph, initialC, front), directions, rows, units) : "";
        RecurrentRun.Answer made = new RecurrentRun(graph, node.Directions, node.Name).Write(x, node.Steps, lengths, h, c);
        if (node.Outputs[0] is { } y)
        {
            // [steps, directions, streams, batch, units]
            string all = graph.ReshapeAll(made.Y, node.Steps, directions, graph.Streams, node.Batch, units);
            all = graph.Node("Transpose", [all], ("perm", node.IsBatchFirst ? [2, 3, 0, 1, 4] : (int[])[2, 0, 1, 3, 4]));
            graph.Set(y, graph.Reshape(all, y.Shape.Dimensions.AsSpan()));
        }
        SetFinal(node.Outputs[1], made.H);
        SetFinal(node.Outputs[2], made.C);

        void SetFinal(Wire? wire, string value)
        {
            if (wire is null) return;
            value = graph.Node("Transpose", [graph.ReshapeAll(value, directions, graph.Streams, node.Batch, units)], ("perm", node.IsBatchFirst ? [1, 2, 0, 3] : (int[])[1, 0, 2, 3]));
            graph.Set(wire, graph.Reshape(value, wire.Shape.Dimensions.AsSpan()));
        }
    }

    /// <summary>A wire of three dimensions, behind the streams, in another order.</summary>
    private static string Turned(StepGraph graph, Wire wire, int[] order)
        => graph.Lead == 1 ? graph.Node("Transpose", [graph.Spread(wire)], ("perm", order)) : order[0] == 1 ? graph.Of(wire) : graph.Node("Transpose", [graph.Of(wire)], ("perm", (int[])[1, 0, 2]));

    /// <summary>[1, streams, units]</summary>
    private static string State(StepGraph graph, string value, int units) => value.Length == 0 ? "" : graph.ReshapeAll(value, 1, graph.Streams, units);

    private static RecurrentRun RunOf(StepGraph graph, StepNode node, CellWeights weights, CellOptions options) => new(graph, [new RecurrentDirection(weights, options, IsReverse: false)], node.Name);
}
