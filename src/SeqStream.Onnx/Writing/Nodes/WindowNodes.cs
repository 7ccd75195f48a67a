using System.Collections.Immutable;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Convolutions and pools. ONNX has no dimension before the images, so streams and images are one there.</summary>
internal static class WindowNodes
{
    public static void Convolution(StepGraph graph, ConvolutionNode node)
    {
        Wire input = node.Inputs[0]!, weight = Weight(graph, node.Inputs[1]!), output = node.Outputs[0]!;
        int[] after = After(graph, node.Window);
        // Only ConvInteger makes sums of integers, and no runtime's Conv does.
        bool isInteger = output.Type == ElementType.Int32;
        List<string> inputs = [Images(graph, input), graph.Of(weight)];
        if (node.Inputs[2] is { } bias) inputs.Add(graph.Of(Weight(graph, bias)));
        if (isInteger) inputs = [.. inputs.Select(value => graph.Node("Cast", [value], ("to", (int)ElementType.Float32)))];
        string made = graph.Node("Conv", [.. inputs], [.. Attributes(graph, node.Window, input.Shape, after), ("group", node.Groups)]);
        if (isInteger) made = graph.Node("Cast", [graph.Node("Round", [made])], ("to", (int)ElementType.Int32));
        graph.Set(output, Streams(graph, made, output.Shape));
    }

    public static void TransposedConvolution(StepGraph graph, TransposedConvolutionNode node)
    {
        Wire input = node.Inputs[0]!, weight = Weight(graph, node.Inputs[1]!), output = node.Outputs[0]!;
        Window window = node.Window;
        int[] after = [.. Enumerable.Range(0, 3).Select(axis => ((window.Output[axis] - 1) * window.Strides[axis]) + Reach(window, axis) - window.Before[axis] - window.Input[axis])];
        List<string> inputs = [Images(graph, input), graph.Of(weight)];
        if (node.Inputs[2] is { } bias) inputs.Add(graph.Of(Weight(graph, bias)));
        int rank = input.Shape.Rank - 2;
        NodeAttribute missing = ("output_padding", Last(after.Select(static count => Math.Max(0, -count)), rank));
        string made = graph.Node("ConvTranspose", [.. inputs], [.. Attributes(graph, window, input.Shape, [.. after.Select(static count => Math.Max(0, count))]), ("group", node.Groups), missing]);
        graph.Set(output, Streams(graph, made, output.Shape));
    }

    public static void MaxPool(StepGraph graph, MaxPoolNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        int[] after = After(graph, node.Window);
        NodeAttribute[] attributes = [.. Attributes(graph, node.Window, input.Shape, after), ("storage_order", node.ColumnMajor ? 1 : 0)];
        if (node.Outputs[1] is not { } positions)
        {
            graph.Set(output, Streams(graph, graph.Node("MaxPool", [Images(graph, input)], attributes), output.Shape));
            return;
        }
        if (graph.Lead == 1) throw graph.Refuse("it answers places that count through all streams together", "Write the model for one stream");
        string[] made = graph.Node("MaxPool", 2, [Images(graph, input)], attributes);
        graph.Set(output, made[0]);
        graph.Set(positions, made[1]);
    }

    public static void AveragePool(StepGraph graph, AveragePoolNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        if (node.Window.Dilations.Any(static dilation => dilation != 1)) graph.Require(19);
        int[] after = After(graph, node.Window);
        List<NodeAttribute> attributes = [.. Attributes(graph, node.Window, input.Shape, after), ("count_include_pad", 1)];
        if (node.Window.Dilations.All(static dilation => dilation == 1)) attributes.RemoveAt(2);
        string made = graph.Node("AveragePool", [Images(graph, input)], [.. attributes]);
        if (node.Divisors.Any(divisor => divisor != node.Window.KernelCount)) made = graph.Node("Mul", [made, Corrections(graph, node, output)]);
        graph.Set(output, Streams(graph, made, output.Shape));
    }

    /// <summary>What makes of a mean over the whole window one over the elements that count: [places...].</summary>
    private static string Corrections(StepGraph graph, AveragePoolNode node, Wire output)
    {
        float[] factors = [.. node.Divisors.Select(divisor => (float)node.Window.KernelCount / divisor)];
        string corrections = graph.Floats(new TensorShape(output.Shape.Dimensions.AsSpan()[2..]), factors, $"{node.Name}.divisors");
        return output.Type == ElementType.Float32 ? corrections : graph.Node("Cast", [corrections], ("to", (int)output.Type));
    }

    /// <summary>kernel_shape, strides, dilations, pads in this order.</summary>
    private static NodeAttribute[] Attributes(StepGraph graph, Window window, TensorShape input, int[] after)
    {
        int rank = input.Rank - 2;
        if (rank is < 1 or > 3) throw graph.Refuse($"its input has {rank} dimensions that a window moves over; ONNX has windows of 1 to 3", "Write the model without this node");
        return
        [
            ("kernel_shape", Last(window.Kernel, rank)), ("strides", Last(window.Strides, rank)), ("dilations", Last(window.Dilations, rank)),
            ("pads", (int[])[.. Last(window.Before, rank), .. Last(after, rank)]),
        ];
    }

    /// <summary>The padding after the last element that gives as many places as the plan has.</summary>
    private static int[] After(StepGraph graph, Window window)
    {
        int[] after = new int[3];
        for (int axis = 0; axis < 3; axis++)
        {
            int needed = ((window.Output[axis] - 1) * window.Strides[axis]) + Reach(window, axis);
            after[axis] = Math.Max(0, needed - window.Before[axis] - window.Input[axis]);
            int places = ((window.Input[axis] + window.Before[axis] + after[axis] - Reach(window, axis)) / window.Strides[axis]) + 1;
            if (places != window.Output[axis]) throw graph.Refuse($"its window ({window}) has {window.Output[axis]} places, but ONNX gives it {places}", "Write the model without this node");
        }
        return after;
    }

    private static int Reach(Window window, int axis) => ((window.Kernel[axis] - 1) * window.Dilations[axis]) + 1;

    private static int[] Last(IEnumerable<int> values, int count) => [.. values.TakeLast(count)];

    private static Wire Weight(StepGraph graph, Wire wire)
        => wire.Constant is not null || graph.Lead == 0 ? wire : throw graph.Refuse("its weights change from stream to stream", "Write the model for one stream");

    /// <summary>[streams * images, ...]</summary>
    private static string Images(StepGraph graph, Wire wire)
        => graph.Lead == 0 ? graph.Of(wire) : graph.ReshapeAll(graph.Spread(wire), [graph.Streams < 0 ? -1 : graph.Streams * wire.Shape[0], .. wire.Shape.Dimensions.Skip(1).Select(static size => (long)size)]);

    /// <summary>[streams, images, ...]</summary>
    private static string Streams(StepGraph graph, string value, TensorShape shape) => graph.Lead == 0 ? value : graph.Reshape(value, shape.Dimensions.AsSpan());
}
