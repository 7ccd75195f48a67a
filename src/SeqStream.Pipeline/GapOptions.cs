namespace SeqStream.Pipeline;

/// <summary>How missing frames are noticed and answered: by their times, and by their producer's counters. Every gap is counted.</summary>
public sealed record GapOptions
{
    /// <summary>Time from one frame of a stream to the next; more than one and a half of it is a gap. Zero, the default: times are not looked at.</summary>
    public TimeSpan Clock { get; init; }

    /// <summary>What a stream does at a gap.</summary>
    public GapPolicy Policy { get; init; }

    /// <summary>Most frames that are filled in at one gap; 256 unless told.</summary>
    public int MostFilled { get; init; } = 256;
}
