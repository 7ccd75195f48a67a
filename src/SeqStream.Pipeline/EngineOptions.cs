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

    /// <summary>What happens to frames where a shard is behind; the feed waits unless told.</summary>
    public OverflowPolicy WhenBehind { get; init; }

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

    /// <summary>How long a stream may be quiet before it ends and an emission says so; zero, the default: for ever. Streams that are kept sleep instead (<see cref="DurabilityOptions.HibernateAfter"/>).</summary>
    public TimeSpan IdleAfter { get; init; }

    /// <summary>
    /// Most streams that hold state at once, shared out evenly among the shards; 0, the default: any number. When a further one begins, the one that was quiet for longest ends and an emission says so;
    /// while none is quiet the new one waits. Not for streams that are kept.
    /// </summary>
    public int MostStreams { get; init; }

    /// <summary>How frames that their producer counts are put in order.</summary>
    public FrameOrderOptions Order { get; init; } = new();

    /// <summary>What streams do where frames are missing.</summary>
    public GapOptions Gaps { get; init; } = new();

    /// <summary>Newest frames of each stream that are kept for <see cref="SwapPolicy.Replay"/>; 0, the default: none. At most 1024.</summary>
    public int KeptFrames { get; init; }

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
        Check(problems, "Order.Window", Order.Window, 0, 1024);
        Check(problems, "Order.MostHeld", Order.MostHeld, 1, 1 << 20);
        Check(problems, "Gaps.MostFilled", Gaps.MostFilled, 1, 1 << 20);
        if (Gaps.Clock < TimeSpan.Zero) problems.Add($"Gaps.Clock is {Gaps.Clock}; expected zero or more.");
        Check(problems, nameof(KeptFrames), KeptFrames, 0, 1024);
        if (MostStreams != 0) Check(problems, nameof(MostStreams), MostStreams, Threads, 1 << 28);
        if (IdleAfter < TimeSpan.Zero) problems.Add($"{nameof(IdleAfter)} is {IdleAfter}; expected zero or more.");
        if (Durability is { } durability)
        {
            if (WhenBehind != OverflowPolicy.Wait) problems.Add($"{nameof(WhenBehind)} is {WhenBehind}, but streams that are kept must lose no frame. Use {nameof(OverflowPolicy.Wait)}, or leave Durability out.");
            if (Gaps.Policy == GapPolicy.Fill) problems.Add("Gaps.Policy is Fill, but the last frame of a stream is not kept with it. Use Keep or Reset, or leave Durability out.");
            if (IdleAfter > TimeSpan.Zero) problems.Add($"{nameof(IdleAfter)} would end streams that are to be kept. Let them sleep by Durability.HibernateAfter, or leave it out.");
            Check(problems, "Order.Window", Order.Window, 0, 1024);
        Check(problems, "Order.MostHeld", Order.MostHeld, 1, 1 << 20);
        if (MostStreams != 0) problems.Add($"{nameof(MostStreams)} would end streams that are to be kept. Let them sleep by Durability.HibernateAfter, or leave it out.");
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
