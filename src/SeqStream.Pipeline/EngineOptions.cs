using SeqStream.Contracts;

namespace SeqStream.Pipeline;

/// <summary>How a <see cref="StreamEngine"/> works. Every value has a default that suits a few live streams.</summary>
public sealed record EngineOptions
{
    /// <summary>Shards, each one thread that owns some of the streams; 1 to 256.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Most lanes of one step; 1 to 4096.</summary>
    public int MaxBatch { get; init; } = 128;

    /// <summary>How long a shard may wait for a fuller batch; zero never waits.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>Frames that may wait in front of each shard, and again inside it; a full queue makes the feed wait.</summary>
    public int FrameCapacity { get; init; } = 1024;

    /// <summary>Emissions that may wait for the sink; a full queue makes the shards wait.</summary>
    public int EmissionCapacity { get; init; } = 1024;

    /// <summary>How many streams are likely to live at once; decides how much state memory is taken at a time.</summary>
    public int ExpectedStreams { get; init; } = 64;

    /// <summary>The source as people name it, for messages about refused records.</summary>
    public string Source { get; init; } = "engine";

    /// <summary>Gets the receipts of frames back when all that they led to is on its way to the sink; null if the feed wants none.</summary>
    public IReceiptTaker? Receipts { get; init; }

    /// <summary>How streams are kept beyond the engine's life; null, the default, if they are not. The reader of emissions then passes barriers.</summary>
    public DurabilityOptions? Durability { get; init; }

    /// <summary>Lists every value that is out of range.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range.</exception>
    public void Validate()
    {
        List<string> problems = [];
        Check(problems, nameof(Threads), Threads, 1, 256);
        Check(problems, nameof(MaxBatch), MaxBatch, 1, 4096);
        Check(problems, nameof(FrameCapacity), FrameCapacity, 1, 1 << 20);
        Check(problems, nameof(EmissionCapacity), EmissionCapacity, 1, 1 << 20);
        Check(problems, nameof(ExpectedStreams), ExpectedStreams, 1, 1 << 28);
        if (MaxWait < TimeSpan.Zero) problems.Add($"{nameof(MaxWait)} is {MaxWait}; expected zero or more.");
        if (Durability is { } durability)
        {
            Check(problems, "Durability.MostReceipts", durability.MostReceipts, 1, 1 << 20);
            if (durability.Interval <= TimeSpan.Zero) problems.Add($"Durability.Interval is {durability.Interval}; expected more than zero.");
            if (durability.HibernateAfter < TimeSpan.Zero) problems.Add($"Durability.HibernateAfter is {durability.HibernateAfter}; expected zero or more.");
        }
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems));
    }

    private static void Check(List<string> problems, string name, int value, int low, int high)
    {
        if (value < low || value > high) problems.Add($"{name} is {value}; expected {low} to {high}.");
    }
}
