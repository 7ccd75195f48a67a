namespace SeqStream.Onnx.Reading;

/// <summary>Counts what one file has cost so far and refuses what goes beyond the limits.</summary>
internal sealed class ReadingBudget(string file, OnnxLimits limits, long fileBytes)
{
    private int _nodes;
    private int _items;
    private long _decodedBytes;

    /// <summary>The file's name, for messages.</summary>
    public string File => file;

    /// <summary>The limits.</summary>
    public OnnxLimits Limits => limits;

    /// <summary>Counts a node.</summary>
    public void TakeNode(long offset)
    {
        if (++_nodes > limits.Nodes) throw new OnnxFormatException(file, offset, $"more than {limits.Nodes} nodes, which is the limit.");
    }

    /// <summary>Counts a name, value, attribute, tensor or list.</summary>
    public void TakeItem(long offset)
    {
        if (++_items > limits.Items) throw new OnnxFormatException(file, offset, $"more than {limits.Items} names, values and attributes, which is the limit.");
    }

    /// <summary>Counts memory that is about to be taken for elements.</summary>
    public void TakeBytes(long bytes, long offset)
    {
        long limit = limits.DecodedBytes + 2 * fileBytes;
        _decodedBytes += bytes;
        if (_decodedBytes > limit) throw new OnnxFormatException(file, offset, $"decoded elements need {_decodedBytes} bytes; the limit for a file of {fileBytes} bytes is {limit}.");
    }
}
