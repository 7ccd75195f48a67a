namespace SeqStream.Plan;

/// <summary>How many frames a value has over a whole stream: floor((S + <paramref name="Offset"/>) / <paramref name="Divisor"/>) for a stream of S source frames. Windows, strides, pads and cuts all keep this form.</summary>
/// <param name="Offset">Frames that the stream is longer than its source, in source frames.</param>
/// <param name="Divisor">Source frames for each frame of the value, at least 1.</param>
public readonly record struct StreamLength(long Offset, long Divisor)
{
    /// <summary>The length of the source itself.</summary>
    public static StreamLength Source => new(0, 1);

    /// <summary>The length for a stream of <paramref name="sourceFrames"/>; 0 where the formula is negative.</summary>
    public long Of(long sourceFrames) => sourceFrames + Offset < 0 ? 0 : (sourceFrames + Offset) / Divisor;

    /// <summary>The length with <paramref name="frames"/> more frames of the value.</summary>
    public StreamLength Plus(long frames) => new(Offset + (frames * Divisor), Divisor);

    /// <summary>The length after every <paramref name="stride"/>-th frame is taken, rounded down.</summary>
    public StreamLength Over(int stride) => new(Offset, Divisor * stride);

    /// <summary><c>S</c>, <c>S + 2</c>, <c>floor((S - 1) / 4)</c>.</summary>
    public override string ToString()
    {
        string sum = Offset == 0 ? "S" : Offset > 0 ? FormattableString.Invariant($"S + {Offset}") : FormattableString.Invariant($"S - {-Offset}");
        return Divisor == 1 ? sum : FormattableString.Invariant($"floor(({sum}) / {Divisor})");
    }
}
