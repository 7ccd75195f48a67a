using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Writing;

/// <summary>
/// Writes weight matrices as they are stored: 16-bit elements behind a Cast, integers behind a DequantizeLinear whose scales lie along the rows, or in blocks. Any
/// runtime of these operators reads their values; SeqStream takes them as they are.
/// </summary>
internal static class StoredWeights
{
    private const int OpsetWithBlocks = 21;
    private const int BFloat16Type = 16;
    private const int Int4Type = 22;

    /// <summary>[matrices, rows, columns] of matrices of one form and size.</summary>
    public static string Stacked(StepGraph graph, ImmutableArray<StoredMatrix> matrices, string name)
    {
        StoredMatrix first = matrices[0];
        return Write(graph, matrices, [matrices.Length, first.Rows, first.Columns], isTransposed: false, name);
    }

    /// <summary>[columns, rows]: a matrix to multiply with from the right.</summary>
    public static string Transposed(StepGraph graph, StoredMatrix matrix, string name) => Write(graph, [matrix], [matrix.Columns, matrix.Rows], isTransposed: true, name);

    private static string Write(StepGraph graph, ImmutableArray<StoredMatrix> matrices, int[] shape, bool isTransposed, string name)
    {
        StoredMatrix first = matrices[0];
        if (!first.Form.IsInteger())
        {
            ushort[] halves = [.. matrices.SelectMany(matrix => Turn(matrix.Halves.ToArray(), matrix.Rows, matrix.Columns, isTransposed))];
            int type = first.Form == WeightForm.Float16 ? (int)ElementType.Float16 : BFloat16Type;
            return graph.Node("Cast", [graph.Raw(name, type, shape, MemoryMarshal.AsBytes(halves.AsSpan()))], ("to", (int)ElementType.Float32));
        }
        sbyte[] codes = [.. matrices.SelectMany(matrix => Turn(matrix.Codes.ToArray(), matrix.Rows, matrix.Columns, isTransposed))];
        float[] scales = [.. matrices.SelectMany(matrix => Turn(matrix.Scales.ToArray(), matrix.Rows, matrix.Groups, isTransposed))];
        bool isBlocked = first.Groups > 1 || matrices.Length > 1;
        if (isBlocked || first.Form == WeightForm.Int4) graph.Require(OpsetWithBlocks);
        string values = first.Form == WeightForm.Int4
            ? graph.Raw(name, Int4Type, shape, Nibbles(codes))
            : graph.Raw(name, (int)ElementType.Int8, shape, MemoryMarshal.AsBytes(codes.AsSpan()));
        int rowAxis = shape.Length - (isTransposed ? 1 : 2), columnAxis = shape.Length - (isTransposed ? 2 : 1);
        if (!isBlocked) return graph.Node("DequantizeLinear", [values, graph.Floats(new TensorShape(first.Rows), scales, $"{name}.scale")], ("axis", rowAxis));
        int[] scaleShape = [.. shape];
        scaleShape[columnAxis] = first.Groups;
        return graph.Node("DequantizeLinear", [values, graph.Floats(new TensorShape(scaleShape), scales, $"{name}.scale")], ("axis", columnAxis), ("block_size", first.GroupColumns));
    }

    /// <summary>Two 4-bit codes in a byte, the first in its lower half.</summary>
    private static byte[] Nibbles(sbyte[] codes)
    {
        byte[] bytes = new byte[(codes.Length + 1) / 2];
        for (int i = 0; i < codes.Length; i++) bytes[i / 2] |= (byte)((codes[i] & 0xf) << (i % 2 * 4));
        return bytes;
    }

    /// <summary>[rows, columns] as it is, or as [columns, rows].</summary>
    private static T[] Turn<T>(T[] values, int rows, int columns, bool isTransposed)
    {
        if (!isTransposed) return values;
        T[] turned = new T[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
        }
        return turned;
    }
}
