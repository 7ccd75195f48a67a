namespace SeqStream.Models;

/// <summary>A model that was found: its card and the file it names.</summary>
/// <param name="Card">The card; for a bare file one that says nothing but its name.</param>
/// <param name="ModelPath">The ONNX file.</param>
/// <param name="Folder">The model's folder; null for a bare file.</param>
public sealed record ModelReference(ModelCard Card, string ModelPath, string? Folder);
