namespace SeqStream.Ort;

/// <summary>One place where the native library was looked for.</summary>
/// <param name="Origin">Why this place: <c>given path</c>, <c>SEQSTREAM_ORT_LIB</c>, <c>application</c>, <c>.native</c> or <c>system</c>.</param>
/// <param name="Path">The file, folder or system name tried.</param>
/// <param name="Outcome">What came of it: <c>absent</c>, <c>loaded</c>, or the reason why the file cannot be used.</param>
public sealed record OrtLibraryPlace(string Origin, string Path, string Outcome)
{
    /// <summary><c>path (origin): outcome</c>.</summary>
    public override string ToString() => $"{Path} ({Origin}): {Outcome}";
}
