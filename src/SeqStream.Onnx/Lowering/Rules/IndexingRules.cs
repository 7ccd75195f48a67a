using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Indexing;
using SeqStream.Operators.Movement;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering.Rules;

/// <summary>Operators that pick or write elements by index.</summary>
internal static class IndexingRules
{
    public static IEnumerable<(string, OperatorRule)> All =>
    [
        ("Gather", Gather),
        ("GatherElements", GatherElements),
        ("GatherND", GatherND),
        ("Scatter", ScatterElements),
        ("ScatterElements", ScatterElements),
        ("ScatterND", ScatterND),
        ("OneHot", OneHot),
    ];

    private static Lowered Gather(NodeContext node)
    {
        Wire source = node.Input(0), indices = node.Input(1);
        int axis = node.Axis(node.Int("axis", 0), source.Shape.Rank);
        foreach (long index in indices.Constant?.ToInt64Array() ?? [])
        {
            if (index < -source.Shape[axis] || index >= source.Shape[axis]) throw node.Broken($"index {index} is outside dimension {axis} of {source}");
        }
        TensorShape shape = new([.. source.Shape.Dimensions[..axis], .. indices.Shape.Dimensions, .. source.Shape.Dimensions[(axis + 1)..]]);
        return new GatherNode(node.Name, source, indices, node.Output(0, source.Type, shape), axis);
    }

    private static Lowered GatherElements(NodeContext node)
    {
        Wire source = node.Input(0), indices = node.Input(1);
        return new GatherElementsNode(node.Name, source, indices, node.Output(0, source.Type, indices.Shape), node.Axis(node.Int("axis", 0), source.Shape.Rank));
    }

    private static Lowered GatherND(NodeContext node)
    {
        Wire source = node.Input(0), indices = node.Input(1);
        int batches = checked((int)node.Int("batch_dims", 0));
        if (indices.Shape.Rank < 1 || batches < 0 || batches + indices.Shape[-1] > source.Shape.Rank)
        {
            throw node.Broken($"indices {indices} do not fit {source} with {batches} batch dimensions");
        }
        TensorShape shape = new([.. indices.Shape.Dimensions[..^1], .. source.Shape.Dimensions[(batches + indices.Shape[-1])..]]);
        return new GatherNDNode(node.Name, source, indices, node.Output(0, source.Type, shape), batches);
    }

    private static Lowered ScatterElements(NodeContext node)
    {
        Wire source = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), source.Shape.Rank);
        return ScatterNode.Elements(node.Name, source, node.Input(1), node.Input(2), node.Output(0, source.Type, source.Shape), axis, Reduction(node));
    }

    private static Lowered ScatterND(NodeContext node)
    {
        Wire source = node.Input(0);
        return ScatterNode.Tuples(node.Name, source, node.Input(1), node.Input(2), node.Output(0, source.Type, source.Shape), Reduction(node));
    }

    private static ScatterReduction Reduction(NodeContext node) => node.Text("reduction", "none") switch
    {
        "none" => ScatterReduction.None,
        "add" => ScatterReduction.Add,
        "mul" => ScatterReduction.Mul,
        "max" => ScatterReduction.Max,
        "min" => ScatterReduction.Min,
        string other => throw node.Broken($"attribute 'reduction' is '{other}'; expected none, add, mul, max or min"),
    };

    /// <summary>The indices, negative ones counted from the end, compared with 0, 1, ... along a new dimension; indices outside are equal to none.</summary>
    private static Lowered OneHot(NodeContext node)
    {
        Composition composition = new(node);
        Wire values = node.Input(2);
        int depth = node.Dimensions([(long)Scalars.First(node.ConstantInput(1, "depth"))])[0];
        Wire indices = composition.Cast(node.Input(0), ElementType.Int64);
        int axis = node.Axis(node.Int("axis", -1), indices.Shape.Rank + 1);
        Wire negative = composition.Binary(BinaryFunction.Less, indices, composition.Constant(ElementType.Int64, 0));
        Wire fromEnd = composition.Binary(BinaryFunction.Add, indices, composition.Constant(ElementType.Int64, depth));
        Wire positions = composition.Where(negative, fromEnd, indices);
        int[] withAxis = [.. indices.Shape.Dimensions.Insert(axis, 1)], alongAxis = new int[withAxis.Length];
        Array.Fill(alongAxis, 1);
        alongAxis[axis] = depth;
        node.ConstantOutput(ElementType.Int64, new TensorShape(alongAxis));
        long[] numbers = new long[depth];
        for (int number = 0; number < depth; number++) numbers[number] = number;
        Wire classes = composition.Constant(ConstantTensor.Int64(new TensorShape(alongAxis), numbers));
        Wire isHot = composition.Binary(BinaryFunction.Equal, composition.View(positions, new TensorShape(withAxis)), classes);
        return composition.Result(composition.Where(isHot, Element(composition, values, 1), Element(composition, values, 0)));
    }

    private static Wire Element(Composition composition, Wire vector, int index)
    {
        Wire output = composition.Wire(vector.Type, new TensorShape(1));
        Wire element = composition.Add(RearrangeNode.Slice(composition.Node.Name, "Slice", vector, output, [index], [1]), output);
        return composition.View(element, new TensorShape());
    }
}
