using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Joining and padding.</summary>
internal static class MovementNodes
{
    public static void Concat(StepGraph graph, ConcatNode node)
        => graph.Set(node.Outputs[0]!, graph.Node("Concat", [.. node.Inputs.Select(wire => graph.Spread(wire!))], ("axis", node.Axis + graph.Lead)));

    public static void Pad(StepGraph graph, PadNode node)
    {
        if (node.Mode == PadMode.Constant) PadWithOne(graph, node);
        else PadWithOthers(graph, node);
    }

    private static void PadWithOne(StepGraph graph, PadNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        if (graph.Lead == 1 && node.Inputs[1] is { Constant: null }) throw graph.Refuse("its pad value changes from stream to stream", "Write the model for one stream");
        long[] lead = graph.Lead == 1 ? [0] : [];
        long[] before = [.. node.Before.Select(static count => (long)count)];
        long[] after = [.. before.Select((count, axis) => output.Shape[axis] - input.Shape[axis] - count)];
        List<string> inputs = [graph.Spread(input), graph.Int64s([.. lead, .. before, .. lead, .. after])];
        if (node.Inputs[1] is { } fill) inputs.Add(fill.Shape.Rank == 0 ? graph.Of(fill) : graph.ReshapeAll(graph.Of(fill)));
        graph.Set(output, graph.Node("Pad", [.. inputs], ("mode", "constant")));
    }

    /// <summary>Each dimension is picked along by itself.</summary>
    private static void PadWithOthers(StepGraph graph, PadNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        string value = graph.Spread(input);
        for (int axis = 0; axis < input.Shape.Rank; axis++)
        {
            long[] sources = [.. Enumerable.Range(0, output.Shape[axis]).Select(position => (long)node.SourceOf(axis, position))];
            bool isPlain = output.Shape[axis] == input.Shape[axis] && node.Before[axis] == 0;
            if (!isPlain) value = graph.Node("Gather", [value, graph.Int64s(sources)], ("axis", axis + graph.Lead));
        }
        graph.Set(output, value);
    }
}
