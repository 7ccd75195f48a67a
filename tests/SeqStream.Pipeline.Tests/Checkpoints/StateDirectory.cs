namespace SeqStream.Pipeline.Checkpoints;

/// <summary>An empty directory that is deleted at the end of a test.</summary>
internal sealed class StateDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("seqstream-state-").FullName;

    public string File => System.IO.Path.Combine(Path, "streams.sqlite");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
