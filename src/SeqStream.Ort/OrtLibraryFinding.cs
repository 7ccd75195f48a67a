using System.Collections.Immutable;

namespace SeqStream.Ort;

/// <summary>The answer of a search for the native library: the library, or null and the places tried.</summary>
/// <param name="Library">The first usable library, or null.</param>
/// <param name="Tried">Every place looked at, in order; the last one is the library's where one was found.</param>
public sealed record OrtLibraryFinding(OrtLibrary? Library, ImmutableArray<OrtLibraryPlace> Tried)
{
    /// <summary>One line where a library was found; otherwise a line for each place tried.</summary>
    public override string ToString() => Library is not null
        ? $"ONNX Runtime {Library.Version} at {Library.Path}"
        : "ONNX Runtime's native library was not found. Places tried:" + string.Concat(Tried.Select(static place => $"\n  {place}"));
}
