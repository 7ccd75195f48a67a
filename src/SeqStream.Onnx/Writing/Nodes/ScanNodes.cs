using SeqStream.Operators.Control;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>
/// Trips inside a step: a Scan, or a Loop where a condition ends them. The streams of a call make their trips together; one whose condition is false keeps its states
/// until the others' are false too.
/// </summary>
internal static class ScanNodes
{
    public static void Write(StepGraph graph, ScanNode node)
    {
        string[] results = node.Trips == 0 ? None(graph, node) : node.Condition < 0 ? Scan(graph, node) : Loop(graph, node);
        foreach ((int at, ScanState state) in node.Carried.Index())
        {
            if (state.Final is { } final) graph.Set(final, results[at], state.Before.Shape);
        }
        foreach ((int at, ScanSlice stack) in node.Stacks.Index()) graph.Set(stack.Whole, results[node.Carried.Length + at]);
    }

    /// <summary>States as they are, and outputs without elements.</summary>
    private static string[] None(StepGraph graph, ScanNode node)
        => [.. Initials(graph, node), .. node.Stacks.Select(stack => graph.Spread(new ConstantTensor(stack.Whole.Type, stack.Whole.Shape, []), stack.Whole.Name))];

    private static string[] Scan(StepGraph graph, ScanNode node)
    {
        List<string> inputs = [.. Initials(graph, node), .. node.Slices.Select(slice => graph.Spread(slice.Whole))];
        // A Scan makes as many trips as something has places.
        if (node.Slices.IsEmpty) inputs.Add(graph.Node("Expand", [graph.Scalar(ElementType.Bool, 0), graph.Int64s(node.Trips)]));
        int[] axes = node.Slices.IsEmpty ? [0] : [.. node.Slices.Select(slice => slice.Axis + graph.Lead)], directions = node.Slices.IsEmpty ? [0] : [.. node.Slices.Select(Direction)];
        ProtobufWriter body = graph.Body(() =>
        {
            BeginStates(graph, node);
            foreach (ScanSlice slice in node.Slices)
            {
                TensorShape frame = FrameOf(slice);
                graph.Set(slice.Frame, graph.BodyInput(slice.Frame.Name, slice.Frame.Type, frame), frame);
            }
            if (node.Slices.IsEmpty) graph.File.Input(graph.Unique("trip"), ElementType.Bool, []);
            foreach (StepNode inner in node.Body.Nodes) NodeWriters.Write(graph, inner);
            foreach (ScanState state in node.Carried) graph.BodyOutput(After(graph, state), state.Before.Type, state.Before.Shape);
            foreach (ScanSlice stack in node.Stacks) graph.BodyOutput(graph.As(stack.Frame, FrameOf(stack).Dimensions.AsSpan()), stack.Frame.Type, FrameOf(stack));
        });
        List<NodeAttribute> attributes = [("body", body), ("num_scan_inputs", axes.Length), ("scan_input_axes", axes), ("scan_input_directions", directions)];
        if (!node.Stacks.IsEmpty) attributes.AddRange([("scan_output_axes", node.Stacks.Select(stack => stack.Axis + graph.Lead).ToArray()), ("scan_output_directions", node.Stacks.Select(Direction).ToArray())]);
        return graph.Node("Scan", node.Carried.Length + node.Stacks.Length, [.. inputs], [.. attributes]);
    }

    private static string[] Loop(StepGraph graph, ScanNode node)
    {
        string[] initials = Initials(graph, node), wholes = [.. node.Slices.Select(slice => graph.Spread(slice.Whole))];
        ProtobufWriter body = graph.Body(() =>
        {
            string trip = graph.Unique("trip");
            graph.File.Input(trip, ElementType.Int64, []);
            graph.File.Input(graph.Unique("goes on"), ElementType.Bool, []);
            string[] before = BeginStates(graph, node);
            foreach ((int at, ScanSlice slice) in node.Slices.Index())
            {
                string place = slice.IsReverse ? graph.Node("Sub", [graph.Scalar(ElementType.Int64, node.Trips - 1), trip]) : trip;
                graph.Set(slice.Frame, graph.Node("Gather", [wholes[at], place], ("axis", slice.Axis + graph.Lead)), FrameOf(slice));
            }
            foreach (StepNode inner in node.Body.Nodes) NodeWriters.Write(graph, inner);
            string[] after = [.. node.Carried.Select((state, at) => Kept(graph, node, state, before[at], before[node.Condition]))];
            graph.File.Output(graph.Node("Identity", [Any(graph, after[node.Condition])]), ElementType.Bool, []);
            foreach ((int at, ScanState state) in node.Carried.Index()) graph.BodyOutput(after[at], state.Before.Type, state.Before.Shape);
        });
        return graph.Node("Loop", node.Carried.Length, [graph.Scalar(ElementType.Int64, node.Trips), Any(graph, initials[node.Condition]), .. initials], ("body", body));
    }

    private static string[] Initials(StepGraph graph, ScanNode node) => [.. node.Carried.Select(state => graph.As(state.Initial, state.Before.Shape.Dimensions.AsSpan()))];

    /// <summary>Declares the states before a trip.</summary>
    private static string[] BeginStates(StepGraph graph, ScanNode node)
    {
        string[] before = [.. node.Carried.Select(state => graph.BodyInput(state.Before.Name, state.Before.Type, state.Before.Shape))];
        foreach ((int at, ScanState state) in node.Carried.Index()) graph.Set(state.Before, before[at]);
        return before;
    }

    private static string After(StepGraph graph, ScanState state) => graph.As(state.After, state.Before.Shape.Dimensions.AsSpan());

    /// <summary>The state after a trip, or where the stream's condition is false that before it.</summary>
    private static string Kept(StepGraph graph, ScanNode node, ScanState state, string before, string condition)
    {
        string after = After(graph, state);
        if (graph.Lead == 0) return after;
        string goesOn = graph.Reshape(condition, [.. Enumerable.Repeat(1, state.Before.Shape.Rank)]);
        if (state == node.Carried[node.Condition]) return graph.Node("And", [before, after]);
        return state.Before.Type == ElementType.Bool ? ElementwiseNodes.WhereBool(graph, goesOn, after, before) : graph.Node("Where", [goesOn, after, before]);
    }

    /// <summary>True if the condition of any stream is.</summary>
    private static string Any(StepGraph graph, string conditions)
    {
        string most = graph.Node("ReduceMax", [graph.Node("Cast", [conditions], ("to", (int)ElementType.Int32))], ("keepdims", 0));
        return graph.Node("Cast", [most], ("to", (int)ElementType.Bool));
    }

    private static TensorShape FrameOf(ScanSlice slice) => new([.. slice.Whole.Shape.Dimensions[..slice.Axis], .. slice.Whole.Shape.Dimensions[(slice.Axis + 1)..]]);

    private static int Direction(ScanSlice slice) => slice.IsReverse ? 1 : 0;
}
