using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// Where routes keep what their streams remember, and their feeds what they must know to go on. One process at a time; any thread may call any member.
/// </summary>
/// <exception cref="CheckpointException">The store cannot be read or written. After a failed <see cref="Commit"/> nothing of that call is stored.</exception>
public interface ICheckpointStore : IDisposable
{
    /// <summary>Stores checkpoints and a feed's items in one transaction that survives power loss once this returns.</summary>
    /// <param name="checkpoints">What shards handed over.</param>
    /// <param name="items">What feeds must know after a restart.</param>
    void Commit(IReadOnlyList<Checkpoint> checkpoints, IReadOnlyList<SourceItem> items);

    /// <summary>Copies a stream's record.</summary>
    /// <returns>False if there is none.</returns>
    bool TryRead(string route, ReadOnlySpan<byte> name, StateWriter record);

    /// <summary>Names of a route's stored streams in UTF-8, in the order of their bytes.</summary>
    IReadOnlyList<byte[]> Streams(string route);

    /// <summary>The items that a feed of a route stored.</summary>
    IReadOnlyList<SourceItem> Items(string route);

    /// <summary>Names of routes that have stored streams or items.</summary>
    IReadOnlyList<string> Routes();
}
