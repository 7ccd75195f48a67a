namespace SeqStream.Onnx.Reading;

/// <summary>Counts what one file has cost so far and refuses what goes beyond the limits.</summary>
/// <param name="file">The file's name, for messages.</param>
/// <param name="limits">The limits.</param>
/// <param name="fileBytes">Bytes of the file.</param>
/// <param name="folder">Where tensors may keep elements outside the file; null if nowhere.</param>
internal sealed class ReadingBudget(string file, OnnxLimits limits, long fileBytes, ExternalFolder? folder = null)
{
    /// <summary>Memory of a node without its names and attributes.</summary>
    private const int NodeBytes = 400;

    /// <summary>Memory of an attribute, a tensor, a value or a text without its letters, places in lists and dictionaries included.</summary>
    private const int ItemBytes = 100;

    private int _nodes;
    private int _items;
    private int _fields;
    private long _decodedBytes;

    /// <summary>The file's name, for messages.</summary>
    public string File => file;

    /// <summary>The limits.</summary>
    public OnnxLimits Limits => limits;

    /// <summary>Where tensors may keep elements outside the file; null if nowhere.</summary>
    public ExternalFolder? Folder => folder;

    /// <summary>Counts a field of a message.</summary>
    public void TakeField(long offset)
    {
        if (++_fields > limits.Fields) throw new OnnxFormatException(file, offset, $"more than {limits.Fields} fields, which is the limit.");
    }

    /// <summary>Counts a node.</summary>
    public void TakeNode(long offset)
    {
        if (++_nodes > limits.Nodes) throw new OnnxFormatException(file, offset, $"more than {limits.Nodes} nodes, which is the limit.");
        TakeBytes(NodeBytes, offset);
    }

    /// <summary>Counts a name, value, attribute, tensor or list.</summary>
    /// <param name="offset">Where it begins in the file.</param>
    /// <param name="weight">How many texts it is worth in memory.</param>
    public void TakeItem(long offset, int weight = 1)
    {
        if (++_items > limits.Items) throw new OnnxFormatException(file, offset, $"more than {limits.Items} names, values and attributes, which is the limit.");
        TakeBytes((long)weight * ItemBytes, offset);
    }

    /// <summary>Counts memory that is about to be taken.</summary>
    public void TakeBytes(long bytes, long offset)
    {
        long limit = limits.DecodedBytes + 2 * fileBytes;
        _decodedBytes += bytes;
        if (_decodedBytes > limit) throw new OnnxFormatException(file, offset, $"what it holds needs {_decodedBytes} bytes or more; the limit for a file of {fileBytes} bytes is {limit}.");
    }
}
