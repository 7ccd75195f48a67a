using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Pipeline;

/// <summary>How a route keeps its streams beyond its own life. Streams then end only when a record says so, not with their source.</summary>
/// <param name="Store">Where they are kept; stays open.</param>
/// <param name="Route">The route's name in the store: unique, and the same after a restart.</param>
public sealed record DurabilityOptions(ICheckpointStore Store, string Route)
{
    /// <summary>Longest time between a frame and the checkpoint that contains it; 1 s unless told. A feed's frames are acknowledged only then.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Frames that may wait for their acknowledgement before a shard makes a checkpoint early; 256 unless told. Half of what a source sends without one suits.</summary>
    public int MostReceipts { get; init; } = 256;

    /// <summary>How long a stream may be quiet before its memory is freed and only its record in the store remains; its next frame brings it back bit for bit. Zero, the default: never.</summary>
    public TimeSpan HibernateAfter { get; init; }

    /// <summary>What happens to a stream whose stored record cannot be used; the route stops unless told.</summary>
    public LostStatePolicy OnLostState { get; init; }

    /// <summary>True if the source gives the same records at the same places again after a restart, as a file does: frames that a stream's record contains are then passed over.</summary>
    public bool IsReplayed { get; init; }
}
