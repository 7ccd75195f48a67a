using System.Collections.Immutable;
using SeqStream.Operators.Reduction;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Convolutions and pools over one to three spatial dimensions that lie wholly inside one step.</summary>
internal static class WindowRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Conv", Convolution),
        ("ConvTranspose", TransposedConvolution),
        ("MaxPool", MaxPool),
        ("AveragePool", AveragePool),
        ("GlobalAveragePool", static node => GlobalPool(node, ReduceFunction.Mean)),
        ("GlobalMaxPool", static node => GlobalPool(node, ReduceFunction.Max)),
    ];

    private static Lowered Convolution(NodeContext node)
    {
        Wire x = node.Input(0), weight = node.Input(1);
        WindowAttributes attributes = WindowAttributes.Read(node, x, weight.Shape.Dimensions.AsSpan()[2..]);
        Window window = attributes.OverInput(x.Shape, ceiling: false, out _);
        TensorShape shape = new([x.Shape[0], weight.Shape[0], .. window.Output.AsSpan()[^attributes.Rank..]]);
        return new ConvolutionNode(node.Name, x, weight, node.OptionalInput(2), node.Output(0, x.Type, shape), window, checked((int)node.Int("group", 1)));
    }

    private static Lowered TransposedConvolution(NodeContext node)
    {
        Wire x = node.Input(0), weight = node.Input(1);
        WindowAttributes attributes = WindowAttributes.Read(node, x, weight.Shape.Dimensions.AsSpan()[2..]);
        int groups = checked((int)node.Int("group", 1));
        Window window = attributes.OverOutput(x.Shape, node.Ints("output_padding"), node.Ints("output_shape"));
        TensorShape shape = new([x.Shape[0], weight.Shape[1] * groups, .. window.Input.AsSpan()[^attributes.Rank..]]);
        return new TransposedConvolutionNode(node.Name, x, weight, node.OptionalInput(2), node.Output(0, x.Type, shape), window, groups);
    }

    private static Lowered MaxPool(NodeContext node)
    {
        Wire x = node.Input(0);
        Window window = PoolWindow(node, x, out TensorShape shape, out _);
        Wire? positions = node.OptionalOutput(1, ElementType.Int64, shape);
        return new MaxPoolNode(node.Name, x, node.Output(0, x.Type, shape), positions, window, node.Int("storage_order", 0) != 0);
    }

    private static Lowered AveragePool(NodeContext node)
    {
        Wire x = node.FloatInput(0);
        Window window = PoolWindow(node, x, out TensorShape shape, out ImmutableArray<int> after);
        bool countsPadding = node.Int("count_include_pad", 0) != 0;
        node.Budget?.Table(node, window.OutputCount);
        int[] divisors = new int[window.OutputCount];
        for (int place = 0; place < divisors.Length; place++)
        {
            divisors[place] = 1;
            int rest = place;
            for (int axis = 2; axis >= 0; axis--)
            {
                (rest, int o) = Math.DivRem(rest, window.Output[axis]);
                int first = countsPadding ? -window.Before[axis] : 0, end = window.Input[axis] + (countsPadding ? after[axis] : 0), inside = 0;
                for (int k = 0; k < window.Kernel[axis]; k++)
                {
                    int at = (o * window.Strides[axis]) + (k * window.Dilations[axis]) - window.Before[axis];
                    if (at >= first && at < end) inside++;
                }
                divisors[place] *= inside;
            }
        }
        return new AveragePoolNode(node.Name, x, node.Output(0, x.Type, shape), window, divisors);
    }

    private static Window PoolWindow(NodeContext node, Wire x, out TensorShape shape, out ImmutableArray<int> after)
    {
        WindowAttributes attributes = WindowAttributes.Read(node, x, null);
        Window window = attributes.OverInput(x.Shape, node.Int("ceil_mode", 0) != 0, out after);
        shape = new TensorShape([x.Shape[0], x.Shape[1], .. window.Output.AsSpan()[^attributes.Rank..]]);
        return window;
    }

    private static Lowered GlobalPool(NodeContext node, ReduceFunction function)
    {
        Wire x = node.FloatInput(0);
        if (x.Shape.Rank < 3) throw node.Broken($"{x} has no spatial dimension");
        int[] shape = [.. x.Shape.Dimensions];
        Array.Fill(shape, 1, 2, shape.Length - 2);
        return new ReduceNode(node.Name, function, x, node.Output(0, x.Type, new TensorShape(shape)), [.. Enumerable.Range(2, shape.Length - 2)]);
    }
}
