using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Indexing;
using SeqStream.Operators.Matrix;
using SeqStream.Operators.Movement;
using SeqStream.Operators.Normalization;
using SeqStream.Operators.Reduction;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

/// <summary>Plans of one node each, with random shapes and parameters, by family.</summary>
internal sealed class OperatorSamples(Random random)
{
    private static readonly Dictionary<string, Func<OperatorSamples, StepPlan>> s_families = new(StringComparer.Ordinal)
    {
        ["Binary"] = static s => s.Binary(),
        ["Unary"] = static s => s.Unary(),
        ["Cast"] = static s => s.Cast(),
        ["Where"] = static s => s.Where(),
        ["Rearrange"] = static s => s.Rearrange(),
        ["Concat"] = static s => s.Concat(),
        ["Pad"] = static s => s.Pad(),
        ["Gather"] = static s => s.Gather(),
        ["GatherElements"] = static s => s.GatherElements(),
        ["GatherND"] = static s => s.GatherND(),
        ["Scatter"] = static s => s.Scatter(),
        ["Reduce"] = static s => s.Reduce(),
        ["ArgExtremum"] = static s => s.ArgExtremum(),
        ["TopK"] = static s => s.TopK(),
        ["CumulativeSum"] = static s => s.CumulativeSum(),
        ["Softmax"] = static s => s.Softmax(),
        ["Normalize"] = static s => s.Normalize(),
        ["MatrixProduct"] = static s => s.MatrixProduct(),
        ["PlainMatrixProduct"] = static s => s.PlainMatrixProduct(),
        ["Dense"] = static s => s.Dense(),
        ["Convolution"] = static s => s.Convolution(),
        ["TransposedConvolution"] = static s => s.TransposedConvolution(),
        ["MaxPool"] = static s => s.MaxPool(),
        ["AveragePool"] = static s => s.AveragePool(),
    };

    public static IEnumerable<string> Families => s_families.Keys;

    public static StepPlan Plan(string family, Random random) => s_families[family](new OperatorSamples(random));

    private static StepPlan PlanOf(StepNode node)
        => new(
            node.Name,
            [.. node.Inputs.OfType<Wire>().Where(static wire => wire.Constant is null).Distinct()],
            [.. node.Outputs.OfType<Wire>().Select(static wire => new PlanOutput(wire.Name, wire))],
            [],
            [node]);

    private static Wire Float(string name, TensorShape shape) => new(name, ElementType.Float32, shape);

    private int Size(int most = 9) => random.Next(1, most + 1);

    private TensorShape Shape(int rank)
    {
        int[] dimensions = new int[rank];
        for (int i = 0; i < rank; i++) dimensions[i] = Size(rank == 1 ? 70 : 9);
        return new TensorShape(dimensions);
    }

    /// <summary>A shape that broadcasts to <paramref name="shape"/>.</summary>
    private TensorShape Narrowed(TensorShape shape)
        => random.Next(3) switch
        {
            0 => shape,
            1 => new TensorShape([.. shape.Dimensions.Skip(random.Next(shape.Rank + 1))]),
            _ => new TensorShape([.. shape.Dimensions.Select(dimension => random.Next(2) == 0 ? 1 : dimension)]),
        };

    private Wire Constant(string name, TensorShape shape)
        => new(name, ConstantTensor.Float32(shape, [.. Enumerable.Range(0, shape.ElementCount).Select(_ => (float)((random.NextDouble() * 2) - 1))]));

    private Wire MaybeConstant(string name, TensorShape shape) => random.Next(2) == 0 ? Float(name, shape) : Constant(name, shape);

    private StepPlan Binary()
    {
        TensorShape shape = Shape(random.Next(0, 4));
        TensorShape left = Narrowed(shape), right = Narrowed(shape);
        Assert.True(Broadcasting.TryCombine(left, right, out TensorShape combined));
        BinaryFunction function = Pick(BinaryFunction.Add, BinaryFunction.Sub, BinaryFunction.Mul, BinaryFunction.Div, BinaryFunction.Min, BinaryFunction.Max,
            BinaryFunction.Mod, BinaryFunction.FMod, BinaryFunction.PRelu, BinaryFunction.Less, BinaryFunction.GreaterOrEqual);
        Wire output = new("y", BinaryNode.IsTest(function) ? ElementType.Bool : ElementType.Float32, combined);
        return PlanOf(new BinaryNode("n", function, Float("a", left), MaybeConstant("b", right), output));
    }

    private StepPlan Unary()
    {
        UnaryFunction function = Pick([.. Enum.GetValues<UnaryFunction>().Except([UnaryFunction.Not, UnaryFunction.BitwiseNot, UnaryFunction.Acosh])]);
        TensorShape shape = Shape(random.Next(0, 4));
        Wire output = new("y", function is UnaryFunction.IsNaN or UnaryFunction.IsInf ? ElementType.Bool : ElementType.Float32, shape);
        return PlanOf(new UnaryNode("n", function, Float("x", shape), output, 0.7, 0.3));
    }

    private StepPlan Cast()
    {
        TensorShape shape = Shape(2);
        return PlanOf(new CastNode("n", Float("x", shape), new Wire("y", Pick(ElementType.Float16, ElementType.Float64, ElementType.Int8, ElementType.UInt64, ElementType.Bool), shape)));
    }

    private StepPlan Where()
    {
        TensorShape shape = Shape(3);
        return PlanOf(new WhereNode("n", new Wire("c", ElementType.Bool, Narrowed(shape)), Float("a", shape), MaybeConstant("b", Narrowed(shape)), Float("y", shape)));
    }

    private StepPlan Rearrange()
    {
        TensorShape shape = Shape(4);
        int[] permutation = [0, 1, 2, 3];
        random.Shuffle(permutation);
        return PlanOf(RearrangeNode.Transpose("n", Float("x", shape), Float("y", new TensorShape([.. permutation.Select(axis => shape[axis])])), permutation));
    }

    private StepPlan Concat()
    {
        TensorShape shape = Shape(3);
        int axis = random.Next(3), other = Size();
        int[] second = [.. shape.Dimensions], both = [.. shape.Dimensions];
        (second[axis], both[axis]) = (other, shape[axis] + other);
        return PlanOf(new ConcatNode("n", [Float("a", shape), MaybeConstant("b", new TensorShape(second))], Float("y", new TensorShape(both)), axis));
    }

    private StepPlan Pad()
    {
        TensorShape shape = Shape(3);
        int[] before = [.. shape.Dimensions.Select(_ => random.Next(-1, 3))];
        TensorShape output = new([.. shape.Dimensions.Select((dimension, axis) => Math.Max(0, dimension + before[axis]) + random.Next(3))]);
        return PlanOf(new PadNode("n", Pick(Enum.GetValues<PadMode>()), Float("x", shape), null, Float("y", output), [.. before]));
    }

    private StepPlan Gather()
    {
        TensorShape shape = Shape(3), indices = new(Size());
        int axis = random.Next(3);
        TensorShape output = new([.. shape.Dimensions[..axis], .. indices.Dimensions, .. shape.Dimensions[(axis + 1)..]]);
        return PlanOf(new GatherNode("n", MaybeConstant("x", shape), new Wire("i", ElementType.Int64, indices), Float("y", output), axis));
    }

    private StepPlan GatherElements()
    {
        TensorShape shape = Shape(3);
        return PlanOf(new GatherElementsNode("n", Float("x", shape), new Wire("i", ElementType.Int32, shape), Float("y", shape), random.Next(3)));
    }

    private StepPlan GatherND()
    {
        TensorShape shape = Shape(3);
        int tuples = Size(), tuple = random.Next(1, 4);
        Wire indices = new("i", ElementType.Int64, new TensorShape(tuples, tuple)), output = Float("y", new TensorShape([tuples, .. shape.Dimensions[tuple..]]));
        return PlanOf(new GatherNDNode("n", Float("x", shape), indices, output, 0));
    }

    private StepPlan Scatter()
    {
        TensorShape shape = Shape(2);
        Wire source = Float("x", shape), updates = Float("u", shape), output = Float("y", shape);
        ScatterReduction reduction = Pick(Enum.GetValues<ScatterReduction>());
        return random.Next(2) == 0
            ? PlanOf(ScatterNode.Elements("n", source, new Wire("i", ElementType.Int64, shape), updates, output, random.Next(2), reduction))
            : PlanOf(ScatterNode.Tuples("n", source, new Wire("i", ElementType.Int32, new TensorShape(4, 1)), Float("u", new TensorShape(4, shape[1])), output, reduction));
    }

    private StepPlan Reduce()
    {
        TensorShape shape = Shape(3);
        int[] axes = [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0)];
        TensorShape output = new([.. shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]);
        return PlanOf(new ReduceNode("n", Pick(Enum.GetValues<ReduceFunction>()), Float("x", shape), Float("y", output), [.. axes]));
    }

    private StepPlan ArgExtremum()
    {
        TensorShape shape = Shape(2);
        return PlanOf(new ArgExtremumNode("n", random.Next(2) == 0, random.Next(2) == 0, Float("x", shape), new Wire("y", ElementType.Int64, new TensorShape(shape[0])), 1));
    }

    private StepPlan TopK()
    {
        TensorShape shape = Shape(2), kept = new(shape[0], random.Next(1, shape[1] + 1));
        return PlanOf(new TopKNode("n", random.Next(2) == 0, Float("x", shape), Float("v", kept), new Wire("i", ElementType.Int64, kept), 1));
    }

    private StepPlan CumulativeSum()
    {
        TensorShape shape = Shape(3);
        return PlanOf(new CumulativeSumNode("n", Float("x", shape), Float("y", shape), random.Next(3), random.Next(2) == 0, random.Next(2) == 0));
    }

    private StepPlan Softmax()
    {
        TensorShape shape = random.Next(2) == 0 ? new TensorShape(Size(3), Size(80)) : Shape(3);
        int axis = random.Next(shape.Rank);
        return PlanOf(new SoftmaxNode("n", random.Next(2) == 0, Float("x", shape), Float("y", shape), axis, random.Next(2) == 0 ? axis + 1 : shape.Rank));
    }

    private StepPlan Normalize()
    {
        int blocks = Size(4), length = Size(80);
        TensorShape shape = new(blocks, length), row = new(length), one = new(blocks, 1);
        bool wantsMean = random.Next(3) == 0;
        return PlanOf(new NormalizeNode("n", "LayerNormalization", random.Next(2) == 0, Float("x", shape), random.Next(2) == 0 ? null : MaybeConstant("s", row),
            random.Next(2) == 0 ? null : MaybeConstant("b", row), Float("y", shape), wantsMean ? Float("m", one) : null, wantsMean ? Float("d", one) : null, length, 1e-3f));
    }

    private StepPlan MatrixProduct()
    {
        int rows = Size(), inner = Size(), columns = Size(), batches = Size(3);
        MatrixProductOptions options = new(random.Next(2) == 0, random.Next(2) == 0, 0.5f, 2f);
        Wire left = Float("a", options.TransposeLeft ? new TensorShape(batches, inner, rows) : new TensorShape(batches, rows, inner));
        Wire right = MaybeConstant("b", options.TransposeRight ? new TensorShape(columns, inner) : new TensorShape(inner, columns));
        Wire? addend = random.Next(2) == 0 ? null : MaybeConstant("c", new TensorShape(columns));
        return PlanOf(new MatrixProductNode("n", "Gemm", left, right, addend, Float("y", new TensorShape(batches, rows, columns)), options));
    }

    private StepPlan PlainMatrixProduct()
    {
        int rows = Size(), inner = Size(), columns = Size(80), batches = Size(3);
        Wire left = Float("a", new TensorShape(random.Next(2) == 0 ? 1 : batches, rows, inner)), right = Float("b", new TensorShape(batches, inner, columns));
        return PlanOf(new MatrixProductNode("n", "MatMul", left, right, null, Float("y", new TensorShape(batches, rows, columns)), new MatrixProductOptions()));
    }

    private StepPlan Dense()
    {
        int rows = Size(4), inner = Size(40), columns = Size(40);
        MatrixProductOptions options = new(false, random.Next(2) == 0, 0.5f, 2f);
        Wire weight = Constant("w", options.TransposeRight ? new TensorShape(columns, inner) : new TensorShape(inner, columns));
        Wire? bias = random.Next(2) == 0 ? null : Constant("b", new TensorShape(columns));
        return PlanOf(new DenseNode("n", "Gemm", Float("x", new TensorShape(rows, inner)), weight, bias, Float("y", new TensorShape(rows, columns)), options));
    }

    private StepPlan Convolution()
    {
        int groups = Size(2), channels = Size(3), outputs = Size(3), kernel = Size(3), width = random.Next(3) == 0 ? kernel : random.Next(6, 20);
        Window window = width == kernel ? Whole(kernel) : Along(width, kernel);
        Wire weight = MaybeConstant("w", new TensorShape(groups * outputs, channels, kernel));
        Wire? bias = random.Next(2) == 0 ? null : MaybeConstant("b", new TensorShape(groups * outputs));
        Wire input = Float("x", new TensorShape(2, groups * channels, width)), output = Float("y", new TensorShape(2, groups * outputs, window.Output[2]));
        return PlanOf(new ConvolutionNode("n", input, weight, bias, output, window, groups));
    }

    private StepPlan TransposedConvolution()
    {
        int groups = Size(2), channels = Size(3), outputs = Size(3), width = random.Next(6, 20), kernel = Size(3);
        Window window = Along(width, kernel);
        Wire weight = MaybeConstant("w", new TensorShape(groups * channels, outputs, kernel));
        Wire input = Float("x", new TensorShape(1, groups * channels, window.Output[2])), output = Float("y", new TensorShape(1, groups * outputs, width));
        return PlanOf(new TransposedConvolutionNode("n", input, weight, null, output, window, groups));
    }

    private StepPlan MaxPool()
    {
        Window window = Along(random.Next(6, 20), Size(3));
        TensorShape output = new(1, 3, window.Output[2]);
        Wire? positions = random.Next(2) == 0 ? null : new Wire("i", ElementType.Int64, output);
        return PlanOf(new MaxPoolNode("n", Float("x", new TensorShape(1, 3, window.Input[2])), Float("y", output), positions, window, false));
    }

    private StepPlan AveragePool()
    {
        Window window = Along(random.Next(6, 20), Size(3));
        int[] divisors = [.. Enumerable.Repeat(window.KernelCount, window.OutputCount)];
        return PlanOf(new AveragePoolNode("n", Float("x", new TensorShape(1, 3, window.Input[2])), Float("y", new TensorShape(1, 3, window.Output[2])), window, divisors));
    }

    /// <summary>A window as large as what it moves over.</summary>
    private static Window Whole(int width) => new([1, 1, width], [1, 1, width], [1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 1, 1]);

    /// <summary>A window along one dimension, with random stride, dilation and padding.</summary>
    private Window Along(int width, int kernel)
    {
        int stride = Size(2), dilation = Size(2), before = random.Next(kernel), reach = ((kernel - 1) * dilation) + 1;
        int places = ((width + before - reach) / stride) + 1;
        return new Window([1, 1, width], [1, 1, kernel], [1, 1, stride], [1, 1, dilation], [0, 0, before], [1, 1, places]);
    }

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
