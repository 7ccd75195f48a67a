namespace SeqStream.Onnx.Reading;

/// <summary>What a model file may cost before it is refused. Every limit is checked before memory is taken.</summary>
public sealed record OnnxLimits
{
    /// <summary>The limits that hold where nobody asks for others.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>Bytes of the file; 512 MiB unless told.</summary>
    public long FileBytes { get; init; } = 512L << 20;

    /// <summary>Nodes, all nested graphs included; 100,000 unless told.</summary>
    public int Nodes { get; init; } = 100_000;

    /// <summary>Graphs inside graphs (the branches of an If); 64 levels unless told.</summary>
    public int SubgraphLevels { get; init; } = 64;

    /// <summary>Names, values, attributes and tensors together; 2,000,000 unless told.</summary>
    public int Items { get; init; } = 2_000_000;

    /// <summary>Dimensions of one tensor; 16 unless told.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Bytes that decoded lists may take beyond twice the size of the file; 64 MiB unless told.</summary>
    public long DecodedBytes { get; init; } = 64L << 20;
}
