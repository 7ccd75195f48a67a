using System.Text;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Can read nothing, and does as it is told when it is to store something.</summary>
/// <param name="commit">Given what is to be stored.</param>
internal sealed class ScriptedStore(Action<IReadOnlyList<Checkpoint>> commit) : ICheckpointStore
{
    /// <summary>Streams that are said to have work to go on with; with any, reading fails.</summary>
    public string[] Busy { get; init; } = [];

    public void Commit(IReadOnlyList<Checkpoint> checkpoints, IReadOnlyList<SourceItem> items) => commit(checkpoints);

    public bool TryRead(string route, ReadOnlySpan<byte> name, StateWriter record) => Busy.Length == 0 ? false : throw new CheckpointException("the disk is gone");

    public IReadOnlyList<byte[]> Streams(string route) => [];

    public IReadOnlyList<byte[]> BusyStreams(string route) => Array.ConvertAll(Busy, Encoding.UTF8.GetBytes);

    public IReadOnlyList<SourceItem> Items(string route) => [];

    public IReadOnlyList<string> Routes() => [];

    public void Dispose()
    {
    }
}
