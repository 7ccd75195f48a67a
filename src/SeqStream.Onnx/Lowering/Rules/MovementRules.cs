using System.Collections.Immutable;
using SeqStream.Operators;
using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Operators that copy elements to other places.</summary>
internal static class MovementRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Transpose", Transpose),
        ("Slice", Slice),
        ("Split", Split),
        ("Concat", Concat),
        ("Expand", Expand),
        ("Tile", Tile),
        ("Pad", Pad),
        ("Trilu", Trilu),
        ("DepthToSpace", DepthToSpace),
        ("SpaceToDepth", SpaceToDepth),
    ];

    private static Lowered Transpose(NodeContext node)
    {
        Wire x = node.Input(0);
        int rank = x.Shape.Rank;
        long[] given = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(static axis => (long)axis)];
        if (given.Length != rank || node.Axes(given, rank).Length != rank)
        {
            throw node.Broken($"[{string.Join(", ", given)}] is no order of the {rank} dimensions of {x}");
        }
        int[] permutation = Array.ConvertAll(given, axis => node.Axis(axis, rank));
        return Transposed(node, x, permutation);
    }

    private static Lowered Transposed(NodeContext node, Wire x, int[] permutation)
    {
        TensorShape shape = new(Array.ConvertAll(permutation, axis => x.Shape[axis]));
        int[] moved = Array.FindAll(permutation, axis => x.Shape[axis] != 1);
        if (moved.SequenceEqual(moved.Order())) return node.View(x, shape);
        return RearrangeNode.Transpose(node.Name, x, node.Output(0, x.Type, shape), permutation);
    }

    private static Lowered Slice(NodeContext node)
    {
        Wire x = node.Input(0);
        long[] starts = node.IntsFrom(1, inputSince: 10, "starts") ?? throw node.Broken("it has no starts");
        long[] ends = node.IntsFrom(2, inputSince: 10, "ends") ?? throw node.Broken("it has no ends");
        long[] axes = node.IntsFrom(3, inputSince: 10, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(static axis => (long)axis)];
        long[] steps = (node.Opset >= 10 ? node.OptionalConstantInput(4, "steps")?.ToInt64Array() : null) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw node.Broken($"it has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps; expected as many of each");
        }
        int[] dimensions = [.. x.Shape.Dimensions], from = new int[dimensions.Length], by = new int[dimensions.Length];
        Array.Fill(by, 1);
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = node.Axis(axes[i], dimensions.Length);
            if (steps[i] == 0) throw node.Broken($"its step along dimension {axis} is 0");
            (from[axis], dimensions[axis], by[axis]) = Cut(starts[i], ends[i], steps[i], x.Shape[axis]);
        }
        TensorShape shape = new(dimensions);
        if (shape == x.Shape && Array.TrueForAll(by, static step => step == 1)) return Lowered.Alias(x);
        return RearrangeNode.Slice(node.Name, "Slice", x, node.Output(0, x.Type, shape), from, by);
    }

    /// <summary>First element, number of elements and step of start:end:step along a dimension.</summary>
    private static (int From, int Count, int Step) Cut(long start, long end, long step, int size)
    {
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        long first = start < 0 ? start + size : start;
        long last = end < 0 ? Math.Max(end, long.MinValue + size) + size : end;
        first = step > 0 ? Math.Clamp(first, 0, size) : Math.Clamp(first, 0, Math.Max(size - 1, 0));
        last = step > 0 ? Math.Clamp(last, 0, size) : Math.Clamp(last, -1, size - 1);
        long count = step > 0 ? (last - first + step - 1) / step : (last - first + step + 1) / step;
        return count <= 0 ? (0, 0, 1) : ((int)first, (int)count, count == 1 ? 1 : (int)step);
    }

    private static Lowered Split(NodeContext node)
    {
        Wire x = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        int size = x.Shape[axis];
        long[]? parts = node.IntsFrom(1, inputSince: 13, "split");
        if (parts is null)
        {
            long count = node.Int("num_outputs", node.OutputCount);
            if (count < 1 || count < node.OutputCount || count > Math.Max(size, node.OutputCount)) throw node.Broken($"it splits {size} elements into {count} parts for {node.OutputCount} outputs");
            long part = (size + count - 1) / count;
            parts = new long[count];
            for (int i = 0; i < count; i++) parts[i] = Math.Clamp(size - (i * part), 0, part);
        }
        int[] sizes = node.Dimensions(parts);
        if (sizes.Sum() != size || sizes.Length < node.OutputCount)
        {
            throw node.Broken($"parts [{string.Join(", ", sizes)}] do not make up dimension {axis} of {x} in {node.OutputCount} outputs");
        }
        ImmutableArray<StepNode>.Builder nodes = ImmutableArray.CreateBuilder<StepNode>();
        ImmutableArray<Wire?>.Builder outputs = ImmutableArray.CreateBuilder<Wire?>();
        int[] starts = new int[x.Shape.Rank], steps = new int[x.Shape.Rank], dimensions = [.. x.Shape.Dimensions];
        Array.Fill(steps, 1);
        for (int i = 0; i < node.OutputCount; i++)
        {
            dimensions[axis] = sizes[i];
            Wire? output = node.OptionalOutput(i, x.Type, new TensorShape(dimensions));
            outputs.Add(output);
            if (output is not null) nodes.Add(RearrangeNode.Slice(node.Name, "Split", x, output, starts, steps));
            starts[axis] += sizes[i];
        }
        return Lowered.Sequence(nodes.ToImmutable(), outputs.ToImmutable());
    }

    private static Lowered Concat(NodeContext node)
    {
        ImmutableArray<Wire> inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.Input)];
        if (inputs.IsEmpty) throw node.Broken("it has no inputs");
        if (inputs.Length == 1) return Lowered.Alias(inputs[0]);
        int axis = node.Axis(node.Int("axis", node.Opset < 4 ? 1 : 0), inputs[0].Shape.Rank);
        int[] dimensions = [.. inputs[0].Shape.Dimensions];
        dimensions[axis] = inputs.Sum(wire => wire.Shape.Rank == dimensions.Length ? wire.Shape[axis] : throw node.Broken($"{wire} has not the dimensions of {inputs[0]}"));
        return new ConcatNode(node.Name, inputs, node.Output(0, inputs[0].Type, new TensorShape(dimensions)), axis);
    }

    private static Lowered Expand(NodeContext node)
    {
        Wire x = node.Input(0);
        TensorShape wanted = new(node.Dimensions(node.ConstantInput(1, "shape").ToInt64Array()));
        if (!Broadcasting.TryCombine(x.Shape, wanted, out TensorShape shape)) throw node.Broken($"{x} does not broadcast to {wanted}");
        if (shape.ElementCount == x.Shape.ElementCount) return node.View(x, shape);
        return RearrangeNode.Expand(node.Name, "Expand", x, node.Output(0, x.Type, shape));
    }

    private static Lowered Tile(NodeContext node)
    {
        Wire x = node.Input(0);
        int rank = x.Shape.Rank;
        if (node.Opset < 6) throw node.Refuse($"it is of operator set {node.Opset}, which gives tiles and axis", "Export the model with opset 6 or later");
        int[] repeats = node.Dimensions(node.ConstantInput(1, "repeats").ToInt64Array());
        if (repeats.Length != rank) throw node.Broken($"it has {repeats.Length} repeats for the {rank} dimensions of {x}");
        int[] own = x.Shape.Strides(), shape = new int[rank], dimensions = new int[2 * rank], strides = new int[2 * rank];
        for (int axis = 0; axis < rank; axis++)
        {
            shape[axis] = checked(x.Shape[axis] * repeats[axis]);
            (dimensions[2 * axis], dimensions[(2 * axis) + 1]) = (repeats[axis], x.Shape[axis]);
            strides[(2 * axis) + 1] = own[axis];
        }
        return Array.TrueForAll(repeats, static count => count == 1)
            ? Lowered.Alias(x)
            : new RearrangeNode(node.Name, "Tile", x, node.Output(0, x.Type, new TensorShape(shape)), dimensions, strides);
    }

    private static Lowered Pad(NodeContext node)
    {
        Wire x = node.Input(0);
        int rank = x.Shape.Rank;
        long[] pads = node.IntsFrom(1, inputSince: 11, "pads") ?? node.Ints("paddings") ?? throw node.Broken("it has no pads");
        long[] axes = (node.Opset >= 18 ? node.OptionalConstantInput(3, "axes")?.ToInt64Array() : null) ?? [.. Enumerable.Range(0, rank).Select(static axis => (long)axis)];
        if (pads.Length != 2 * axes.Length) throw node.Broken($"it has {pads.Length} pads for {axes.Length} dimensions; expected two for each");
        PadMode mode = node.Text("mode", "constant") switch
        {
            "constant" => PadMode.Constant,
            "edge" => PadMode.Edge,
            "reflect" => PadMode.Reflect,
            "wrap" => PadMode.Wrap,
            string other => throw node.Broken($"attribute 'mode' is '{other}'; expected constant, edge, reflect or wrap"),
        };
        Wire? fill = mode != PadMode.Constant ? null : node.Opset >= 11 ? node.OptionalInput(2) : new Composition(node).Constant(x.Type, node.Float("value", 0));
        int[] before = new int[rank];
        int[] dimensions = [.. x.Shape.Dimensions];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = node.Axis(axes[i], rank);
            before[axis] = checked((int)pads[i]);
            dimensions[axis] = checked((int)(dimensions[axis] + pads[i] + pads[i + axes.Length]));
        }
        if (Array.TrueForAll(pads, static pad => pad == 0)) return Lowered.Alias(x);
        return new PadNode(node.Name, mode, x, fill, node.Output(0, x.Type, new TensorShape(dimensions)), [.. before]);
    }

    private static Lowered Trilu(NodeContext node)
    {
        Composition composition = new(node);
        Wire x = node.Input(0);
        if (x.Shape.Rank < 2) throw node.Broken($"{x} is no matrix");
        long shift = node.OptionalConstantInput(1, "diagonal")?.ToInt64Array()[0] ?? 0;
        bool upper = node.Int("upper", 1) != 0;
        (int rows, int columns) = (x.Shape[-2], x.Shape[-1]);
        byte[] mask = new byte[node.ConstantOutput(ElementType.Bool, new TensorShape(rows, columns)).ByteCount];
        for (int i = 0; i < mask.Length; i++)
        {
            long diagonal = (i % columns) - (long)(i / columns);
            mask[i] = (upper ? diagonal >= shift : diagonal <= shift) ? (byte)1 : (byte)0;
        }
        Wire kept = composition.Constant(new ConstantTensor(ElementType.Bool, new TensorShape(rows, columns), mask));
        return composition.Result(composition.Where(kept, x, composition.Constant(x.Type, 0)));
    }

    private static Lowered DepthToSpace(NodeContext node)
    {
        Wire x = node.Input(0);
        int block = (int)node.Int("blocksize", 0);
        if (x.Shape.Rank != 4 || block < 1 || x.Shape[1] % (block * block) != 0) throw node.Broken($"{x} cannot spread its channels over blocks of {block}");
        bool columnsFirst = node.Text("mode", "DCR") == "DCR";
        (int channels, int height, int width) = (x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
        int[] own = x.Shape.Strides();
        (int channelStride, int rowStride, int columnStride) = columnsFirst
            ? (own[1], channels * block * own[1], channels * own[1])
            : (block * block * own[1], block * own[1], own[1]);
        Wire output = node.Output(0, x.Type, new TensorShape(x.Shape[0], channels, height * block, width * block));
        return new RearrangeNode(node.Name, "DepthToSpace", x, output, [x.Shape[0], channels, height, block, width, block], [own[0], channelStride, own[2], rowStride, own[3], columnStride]);
    }

    private static Lowered SpaceToDepth(NodeContext node)
    {
        Wire x = node.Input(0);
        int block = (int)node.Int("blocksize", 0);
        if (x.Shape.Rank != 4 || block < 1 || x.Shape[2] % block != 0 || x.Shape[3] % block != 0)
        {
            throw node.Broken($"{x} cannot gather blocks of {block} into channels");
        }
        (int channels, int height, int width) = (x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
        int[] own = x.Shape.Strides();
        Wire output = node.Output(0, x.Type, new TensorShape(x.Shape[0], channels * block * block, height, width));
        return new RearrangeNode(node.Name, "SpaceToDepth", x, output, [x.Shape[0], block, block, channels, height, width], [own[0], own[2], own[3], own[1], own[2] * block, own[3] * block]);
    }
}
