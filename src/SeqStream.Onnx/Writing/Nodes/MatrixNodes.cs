using SeqStream.Operators.Matrix;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>Matrix products.</summary>
internal static class MatrixNodes
{
    public static void Dense(StepGraph graph, DenseNode node)
    {
        Wire input = node.Inputs[0]!, output = node.Outputs[0]!;
        string product = graph.Node("MatMul", [graph.Spread(input), Weights(graph, node)]);
        if (node.Inputs.Length > 2) product = graph.Node("Add", [product, Scaled(graph, node.Inputs[2]!.Constant!, node.Options.Beta, $"{node.Name}.bias")]);
        graph.Set(output, product, new TensorShape([.. input.Shape.Dimensions[..^1], node.Columns]));
    }

    public static void Product(StepGraph graph, MatrixProductNode node)
    {
        Wire left = node.Inputs[0]!, right = node.Inputs[1]!, output = node.Outputs[0]!;
        int rank = output.Shape.Rank;
        string[] factors = graph.Operands(rank, left, right);
        if (node.Options.TransposeLeft) factors[0] = Transposed(graph, factors[0], left, rank);
        if (node.Options.TransposeRight) factors[1] = Transposed(graph, factors[1], right, rank);
        string result = graph.Node("MatMul", factors);
        if (node.Options.Alpha != 1) result = graph.Node("Mul", [result, graph.Scalar(output.Type, node.Options.Alpha)]);
        if (node.Inputs.Length > 2)
        {
            string addend = graph.Aligned(node.Inputs[2]!, rank);
            if (node.Options.Beta != 1) addend = graph.Node("Mul", [addend, graph.Scalar(output.Type, node.Options.Beta)]);
            result = graph.Node("Add", [result, addend]);
        }
        graph.Set(output, result);
    }

    /// <summary>The last two dimensions exchanged, whatever stands before them.</summary>
    private static string Transposed(StepGraph graph, string value, Wire wire, int rank)
    {
        int dimensions = wire.Constant is null && graph.Lead == 1 ? rank + 1 : wire.Shape.Rank;
        int[] order = [.. Enumerable.Range(0, dimensions)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return graph.Node("Transpose", [value], ("perm", order));
    }

    private static string Weights(StepGraph graph, DenseNode node)
    {
        if (node.Stored is { } stored) return StoredWeights.Transposed(graph, stored, node.Inputs[1]!.Name);
        ConstantTensor weight = node.Inputs[1]!.Constant!;
        if (!node.Options.TransposeRight) return Scaled(graph, weight, node.Options.Alpha, node.Inputs[1]!.Name);
        return Scaled(graph, Transposed(weight, node.Columns, node.Inner), node.Options.Alpha, $"{node.Inputs[1]!.Name}.transposed");
    }

    /// <summary>[rows, columns] as [columns, rows].</summary>
    internal static ConstantTensor Transposed(ConstantTensor matrix, int rows, int columns)
    {
        ReadOnlySpan<float> values = matrix.Values<float>();
        float[] turned = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) turned[(column * rows) + row] = values[(row * columns) + column];
        }
        return ConstantTensor.Float32(new TensorShape(columns, rows), turned);
    }

    private static string Scaled(StepGraph graph, ConstantTensor tensor, float factor, string name)
        => graph.Constant(factor == 1 ? tensor : ConstantTensor.Float32(tensor.Shape, Array.ConvertAll(tensor.Values<float>().ToArray(), value => value * factor)), name);
}
