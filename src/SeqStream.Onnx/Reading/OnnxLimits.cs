namespace SeqStream.Onnx.Reading;

/// <summary>What a model file may cost before it is refused. Every limit is checked before memory is taken.</summary>
public sealed record OnnxLimits
{
    /// <summary>The limits that hold where nobody asks for others.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>Bytes of the file; 512 MiB unless told.</summary>
    public long FileBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Bytes of other files in the model's own folder that its tensors may keep their elements in (external data), all together; 0, which refuses external data,
    /// unless told. Such a file must lie beside the model, be no link of any kind, and hold what the model says. On Linux only.
    /// </summary>
    public long ExternalBytes { get; init; }

    /// <summary>Nodes, all nested graphs included; 100,000 unless told.</summary>
    public int Nodes { get; init; } = 100_000;

    /// <summary>Graphs inside graphs (the branches of an If); 64 levels unless told.</summary>
    public int SubgraphLevels { get; init; } = 64;

    /// <summary>Inputs, and outputs, of one graph; 512 unless told.</summary>
    public int Ports { get; init; } = 512;

    /// <summary>Names, values, attributes and tensors together; 2,000,000 unless told.</summary>
    public int Items { get; init; } = 2_000_000;

    /// <summary>Fields of the file's messages, each time they are walked; 20,000,000 unless told.</summary>
    public int Fields { get; init; } = 20_000_000;

    /// <summary>Bytes of one name; 16 KiB unless told.</summary>
    public int NameBytes { get; init; } = 16 << 10;

    /// <summary>Dimensions of one tensor; 16 unless told.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Bytes of memory that what is read may take beyond twice the size of the file; 48 MiB unless told.</summary>
    public long DecodedBytes { get; init; } = 48L << 20;
}
