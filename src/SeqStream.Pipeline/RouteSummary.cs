using SeqStream.Pipeline.Shards;

namespace SeqStream.Pipeline;

/// <summary>What a route did.</summary>
/// <param name="Counters">Frames, steps and emissions.</param>
/// <param name="SinkClosed">True if the sink closed before the feed ended, as <c>| head</c> does.</param>
public sealed record RouteSummary(ShardCounters Counters, bool SinkClosed);
