using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>A checkpoint on its way: made by a shard, then waiting for the emissions before it, then for the store. Reused.</summary>
/// <param name="writer">Stores it once everything before it is delivered.</param>
internal sealed class PendingCheckpoint(CheckpointWriter writer) : IDeliveryBarrier
{
    /// <summary>What is to be stored.</summary>
    public Checkpoint Content { get; } = new();

    /// <summary>Counts the checkpoints of its shard, from 1.</summary>
    public long Number { get; set; }

    /// <summary>Where it goes when it is stored.</summary>
    public required ShardKeeping Shard { get; init; }

    /// <inheritdoc/>
    public void Reached() => writer.Post(this);
}
