namespace SeqStream.Pipeline;

/// <summary>What happens to frames where the shards are behind. Ends, resets and starts always wait.</summary>
public enum OverflowPolicy
{
    /// <summary>The feed waits.</summary>
    Wait,
    /// <summary>The oldest frame that waits is dropped and counted.</summary>
    DropOldest,
    /// <summary>The frame that comes is dropped and counted.</summary>
    DropNewest,
}
