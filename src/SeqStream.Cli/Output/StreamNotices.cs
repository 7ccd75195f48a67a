using System.Globalization;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Cli.Output;

/// <summary>What a run says at its end about streams and frames that did not go their usual way.</summary>
internal static class StreamNotices
{
    /// <summary>Tells each count that is not zero.</summary>
    public static void Tell(Notices notices, in ShardCounters counters)
    {
        Tell(notices, counters.Duplicates, "record was dropped: its", "records were dropped: their", "'seq' had come before");
        Tell(notices, counters.Missing, "record was", "records were", "missing by 'seq' when the next one was stepped");
        Tell(notices, counters.Late, "record", "records", "came after that, see --late");
        Tell(notices, counters.Gaps, "gap was", "gaps were", "found in the records of a stream, see --on-gap");
        Tell(notices, counters.Filled, "record was", "records were", "filled in");
        Tell(notices, counters.Dropped, "record was", "records were", "dropped: the model or the output was behind");
        Tell(notices, counters.EvictedIdle, "stream was", "streams were", "ended: no frame came for the time of --idle-after");
        Tell(notices, counters.EvictedCapacity, "stream was", "streams were", "ended to make room: there were more than --max-streams");
        Tell(notices, counters.LostInRestart, "stream", "streams", "began anew: what was stored was damaged, or made with other weights");
    }

    private static void Tell(Notices notices, long count, string one, string many, string what)
    {
        if (count > 0) notices.Write(string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)} {what}"));
    }
}
