using System.Runtime.InteropServices;
using System.Text;
using SeqStream.Cells;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>
/// Writes the ONNX step model of one recurrent cell with random weights, so that every executor can be timed on the same file.
/// Inputs x [1, batch, input], h0 and, for LSTM, c0 [1, batch, hidden]; outputs y, hn and cn.
/// </summary>
public sealed class CellModelFile
{
    private const int Opset = 17;
    private const int Float32 = 1;
    private readonly List<byte> _bytes = [];

    /// <summary>The file of a cell.</summary>
    /// <param name="kind">The cell; GRU is the linear-before-reset kind that frameworks train.</param>
    /// <param name="input">Features.</param>
    /// <param name="hidden">Units.</param>
    public static byte[] Of(CellKind kind, int input, int hidden)
    {
        bool isLstm = kind == CellKind.Lstm;
        int gates = isLstm ? 4 : 3;
        Random random = new(7);
        CellModelFile graph = new();
        graph.Message(1, node => node.WriteNode(kind, isLstm, hidden));
        graph.Text(2, "cell");
        graph.Message(5, tensor => tensor.WriteTensor("W", [1, gates * hidden, input], random, hidden));
        graph.Message(5, tensor => tensor.WriteTensor("R", [1, gates * hidden, hidden], random, hidden));
        graph.Message(5, tensor => tensor.WriteTensor("B", [1, 2 * gates * hidden], random, hidden));
        graph.Message(11, value => value.WriteValue("x", 1, input));
        graph.Message(11, value => value.WriteValue("h0", 1, hidden));
        if (isLstm) graph.Message(11, value => value.WriteValue("c0", 1, hidden));
        graph.Message(12, value => value.WriteValue("y", 1, 1, hidden));
        graph.Message(12, value => value.WriteValue("hn", 1, hidden));
        if (isLstm) graph.Message(12, value => value.WriteValue("cn", 1, hidden));
        CellModelFile model = new();
        model.Number(1, 8);
        model.Bytes(7, graph._bytes.ToArray());
        model.Message(8, opset =>
        {
            opset.Text(1, "");
            opset.Number(2, Opset);
        });
        return model._bytes.ToArray();
    }

    private void WriteNode(CellKind kind, bool isLstm, int hidden)
    {
        foreach (string input in isLstm ? ["x", "W", "R", "B", "", "h0", "c0"] : new[] { "x", "W", "R", "B", "", "h0" }) Text(1, input);
        foreach (string output in isLstm ? ["y", "hn", "cn"] : new[] { "y", "hn" }) Text(2, output);
        Text(3, "cell");
        Text(4, kind == CellKind.Lstm ? "LSTM" : "GRU");
        Message(5, attribute => attribute.WriteAttribute("hidden_size", hidden));
        if (!isLstm) Message(5, attribute => attribute.WriteAttribute("linear_before_reset", 1));
    }

    private void WriteAttribute(string name, long value)
    {
        Text(1, name);
        Number(3, value);
        Number(20, 2);
    }

    private void WriteTensor(string name, long[] dimensions, Random random, int hidden)
    {
        float bound = 1 / MathF.Sqrt(hidden);
        float[] values = new float[dimensions.Aggregate(1L, static (product, dimension) => product * dimension)];
        for (int i = 0; i < values.Length; i++) values[i] = (2 * random.NextSingle() - 1) * bound;
        foreach (long dimension in dimensions) Number(1, dimension);
        Number(2, Float32);
        Text(8, name);
        Bytes(9, MemoryMarshal.AsBytes<float>(values));
    }

    /// <summary>A value with a free batch dimension before the last.</summary>
    private void WriteValue(string name, params long[] fixedDimensions)
    {
        Text(1, name);
        Message(2, type => type.Message(1, tensor =>
        {
            tensor.Number(1, Float32);
            tensor.Message(2, shape =>
            {
                for (int axis = 0; axis < fixedDimensions.Length; axis++)
                {
                    if (axis == fixedDimensions.Length - 1) shape.Message(1, static dimension => dimension.Text(2, "batch"));
                    long size = fixedDimensions[axis];
                    shape.Message(1, dimension => dimension.Number(1, size));
                }
            });
        }));
    }

    private void Message(int field, Action<CellModelFile> write)
    {
        CellModelFile message = new();
        write(message);
        Bytes(field, message._bytes.ToArray());
    }

    private void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
    }

    private void Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
