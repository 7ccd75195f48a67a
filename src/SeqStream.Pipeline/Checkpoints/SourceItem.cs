namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Something a feed must know after a restart: a place in a file, a packet it has taken but not acknowledged.</summary>
/// <param name="Route">The route.</param>
/// <param name="Key">What it is, unique within the route.</param>
/// <param name="Value">Its value; null to remove it.</param>
public sealed record SourceItem(string Route, string Key, byte[]? Value);
