namespace SeqStream.Ort;

/// <summary>No usable native library of ONNX Runtime was found. The message lists the places tried and the remedies.</summary>
public sealed class OrtLibraryNotFoundException : Exception
{
    /// <summary>Creates the exception from a search that found nothing.</summary>
    public OrtLibraryNotFoundException(OrtLibraryFinding finding)
        : base($"{finding}\nRun tools/get-onnxruntime, or name a library in the environment variable {OrtLibrary.PathVariable}.")
        => Finding = finding;

    /// <summary>Where the search looked.</summary>
    public OrtLibraryFinding Finding { get; }
}
