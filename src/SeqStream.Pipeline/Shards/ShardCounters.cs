namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard has done. Written by the shard's thread alone; a reader on another thread may be a few turns behind.</summary>
public struct ShardCounters
{
    /// <summary>Frames taken from the channel, of all kinds.</summary>
    public long Frames;

    /// <summary>Data frames refused by the front end.</summary>
    public long Refused;

    /// <summary>Steps made, over all lanes.</summary>
    public long Steps;

    /// <summary>Batches stepped.</summary>
    public long Batches;

    /// <summary>Streams that ended before they had as many frames as the model needs for an answer.</summary>
    public long TooShort;

    /// <summary>Frames dropped at the ends of streams, because the model runs only for multiples of a length.</summary>
    public long CutFrames;

    /// <summary>Streams brought back from the store.</summary>
    public long Wakes;

    /// <summary>Quiet streams whose memory was freed; the store has their records.</summary>
    public long Sleeps;

    /// <summary>Streams that ended because they were quiet for too long.</summary>
    public long EvictedIdle;

    /// <summary>Streams that ended to make room for others.</summary>
    public long EvictedCapacity;

    /// <summary>Streams that began anew because what was stored of them could not be used.</summary>
    public long LostInRestart;

    /// <summary>Frames dropped, because their producer's counter had come before.</summary>
    public long Duplicates;

    /// <summary>Producer's counters that had not come when their turn was given up.</summary>
    public long Missing;

    /// <summary>Frames that came after their turn was given up.</summary>
    public long Late;

    /// <summary>Places where frames of a stream were missing, by their times or their producer's counters.</summary>
    public long Gaps;

    /// <summary>Frames filled in at gaps.</summary>
    public long Filled;

    /// <summary>Frames dropped, because the shards were behind.</summary>
    public long Dropped;

    /// <summary>Steps made again by a new model to build up its memory.</summary>
    public long Replayed;

    /// <summary>Frames passed over, because the stored streams contained them already.</summary>
    public long Repeated;

    /// <summary>Emissions handed on.</summary>
    public long Emissions;

    /// <summary>The sum of two shards' work.</summary>
    public static ShardCounters operator +(ShardCounters a, ShardCounters b) => new()
    {
        Frames = a.Frames + b.Frames,
        Refused = a.Refused + b.Refused,
        Steps = a.Steps + b.Steps,
        Batches = a.Batches + b.Batches,
        TooShort = a.TooShort + b.TooShort,
        CutFrames = a.CutFrames + b.CutFrames,
        Wakes = a.Wakes + b.Wakes,
        Sleeps = a.Sleeps + b.Sleeps,
        EvictedIdle = a.EvictedIdle + b.EvictedIdle,
        EvictedCapacity = a.EvictedCapacity + b.EvictedCapacity,
        LostInRestart = a.LostInRestart + b.LostInRestart,
        Duplicates = a.Duplicates + b.Duplicates,
        Missing = a.Missing + b.Missing,
        Late = a.Late + b.Late,
        Gaps = a.Gaps + b.Gaps,
        Filled = a.Filled + b.Filled,
        Dropped = a.Dropped + b.Dropped,
        Replayed = a.Replayed + b.Replayed,
        Repeated = a.Repeated + b.Repeated,
        Emissions = a.Emissions + b.Emissions,
    };
}
