namespace SeqStream.Pipeline;

/// <summary>How streams whose producers count their frames (<see cref="Contracts.Frame.Seq"/>) are put in order. A repetition is dropped in any case.</summary>
public sealed record FrameOrderOptions
{
    /// <summary>
    /// Most frames of a stream that are held because one before them has not come; 0, the default, holds none: a gap is passed at once. At most 1024. The first frames of a stream wait too, unless
    /// they begin with 0.
    /// </summary>
    public int Window { get; init; }

    /// <summary>What happens to a frame that comes after its turn was given up.</summary>
    public LatePolicy Late { get; init; }

    /// <summary>
    /// Most frames that a shard holds in all; 256 unless told. A held frame is not acknowledged, so this must be less than what a source sends without an acknowledgement, or the missing
    /// frame could never come.
    /// </summary>
    public int MostHeld { get; init; } = 256;
}
