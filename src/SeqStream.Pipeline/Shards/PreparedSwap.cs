namespace SeqStream.Pipeline.Shards;

/// <summary>A shard's part of a change of the model, ready to be done or dropped.</summary>
/// <param name="Model">The new model.</param>
/// <param name="Commit">Goes over to it.</param>
internal readonly record struct PreparedSwap(ServedModel Model, Action Commit);
