namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard's thread is doing at one moment, to tell a busy or an idle one from one that hangs.</summary>
/// <param name="Turns">Turns so far; a busy shard makes more of them.</param>
/// <param name="IsParked">True while it waits for frames.</param>
/// <param name="IsDelivering">True while it waits for the sink.</param>
/// <param name="IsEnded">True once it has ended.</param>
/// <param name="WaitingFrames">Frames in front of the shard.</param>
public readonly record struct ShardPulse(long Turns, bool IsParked, bool IsDelivering, bool IsEnded, int WaitingFrames)
{
    /// <summary>True if the shard cannot have hung since <paramref name="before"/>: it made turns, waits for a sink that is behind, has ended, or waits for frames while there are none.</summary>
    public bool IsAliveSince(in ShardPulse before) => IsEnded || IsDelivering || Turns != before.Turns || (IsParked && (WaitingFrames == 0 || !before.IsParked));
}
