using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>An ONNX model as its file says it, with nothing computed. Immutable.</summary>
public sealed class OnnxModel
{
    /// <summary>The file's name without its folder, for messages.</summary>
    public required string File { get; init; }

    /// <summary>Version of the file format.</summary>
    public required long IrVersion { get; init; }

    /// <summary>The program that wrote the file, with its version; may be empty.</summary>
    public required string Producer { get; init; }

    /// <summary>Operator set versions by domain; the empty domain is ONNX's own.</summary>
    public required ImmutableDictionary<string, long> Opsets { get; init; }

    /// <summary>Metadata by key.</summary>
    public required ImmutableDictionary<string, string> Metadata { get; init; }

    /// <summary>The graph.</summary>
    public required OnnxGraph Graph { get; init; }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="OnnxFormatException">The file is damaged, goes beyond <paramref name="limits"/>, or refers to other files that it may not read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModel Load(string path, OnnxLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= OnnxLimits.Default;
        byte[] bytes = BoundedFile.Read(path, limits.FileBytes);
        using ExternalFolder? folder = ExternalFolder.Of(path, limits);
        return Parse(bytes, Path.GetFileName(path), limits, folder);
    }

    /// <summary>Reads a model from memory. It has no folder, so external data is refused whatever the limits say.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="name">The model's name, for messages.</param>
    /// <param name="limits">What it may cost; <see cref="OnnxLimits.Default"/> unless told.</param>
    /// <exception cref="OnnxFormatException">The bytes are damaged, go beyond <paramref name="limits"/>, or refer to files.</exception>
    public static OnnxModel Parse(ReadOnlySpan<byte> bytes, string name, OnnxLimits? limits = null)
    {
        return Parse(bytes, name, limits ?? OnnxLimits.Default, folder: null);
    }

    private static OnnxModel Parse(ReadOnlySpan<byte> bytes, string name, OnnxLimits limits, ExternalFolder? folder)
    {
        if (bytes.Length > limits.FileBytes) throw new OnnxFormatException(name, -1, $"it has {bytes.Length} bytes; the limit is {limits.FileBytes}.");
        return ModelReader.Read(new ProtobufReader(bytes, new ReadingBudget(name, limits, bytes.Length, folder)));
    }
}
