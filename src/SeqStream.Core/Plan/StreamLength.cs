using System.Numerics;

namespace SeqStream.Plan;

/// <summary>
/// How many frames a value has over a whole stream of S source frames: floor((<see cref="Factor"/> * n + <see cref="Offset"/>) / <see cref="Divisor"/>), n being S or
/// the frames of <see cref="Inner"/>. Windows, strides, pads and cuts keep one such term; where frames are multiplied after they were thinned, a second one is
/// put around it. Terms are joined where that is exact and fractions are in lowest terms, so lengths that compare equal are equal for every S; lengths that
/// do not may still be.
/// </summary>
public sealed record StreamLength
{
    /// <summary>floor((S + <paramref name="offset"/>) / <paramref name="divisor"/>).</summary>
    /// <param name="offset">Frames that the stream is longer than its source, in source frames.</param>
    /// <param name="divisor">Source frames for each frame of the value, at least 1.</param>
    public StreamLength(long offset, long divisor) : this(null, 1, offset, divisor)
    {
    }

    private StreamLength(StreamLength? inner, long factor, long offset, long divisor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(divisor, 1);
        (Inner, Factor, Offset, Divisor) = (inner, factor, offset, divisor);
    }

    /// <summary>The length of the source itself.</summary>
    public static StreamLength Source { get; } = new(0, 1);

    /// <summary>The length that is multiplied; null for S.</summary>
    public StreamLength? Inner { get; }

    /// <summary>What <see cref="Inner"/> is multiplied with, at least 1.</summary>
    public long Factor { get; }

    /// <summary>What is added to the product.</summary>
    public long Offset { get; }

    /// <summary>What the sum is divided by, at least 1.</summary>
    public long Divisor { get; }

    /// <summary>Source frames for each frame of the value, in the long run.</summary>
    public double SourceFramesPerFrame => (Inner?.SourceFramesPerFrame ?? 1) * Divisor / Factor;

    /// <summary>The length for a stream of <paramref name="sourceFrames"/>; 0 where the formula is negative.</summary>
    public long Of(long sourceFrames) => Math.Max(0, Formula(sourceFrames));

    /// <summary>What the formula gives, below zero too.</summary>
    public long Formula(long sourceFrames) => Floor((Factor * (Inner is null ? sourceFrames : Inner.Formula(sourceFrames))) + Offset, Divisor);

    /// <summary>Source frames of the shortest stream for which the value has <paramref name="frames"/> frames.</summary>
    public long ShortestFor(long frames)
    {
        long least = -Floor(-((Divisor * frames) - Offset), Factor);
        return Inner is null ? least : Inner.ShortestFor(least);
    }

    /// <summary>The length with <paramref name="frames"/> more frames of the value.</summary>
    public StreamLength Plus(long frames) => Join(this, 1, frames, 1);

    /// <summary>The length after every <paramref name="stride"/>-th frame is taken, rounded down.</summary>
    public StreamLength Over(int stride) => Join(this, 1, 0, stride);

    /// <summary>The length after each frame has become <paramref name="factor"/> frames.</summary>
    public StreamLength Times(int factor) => Join(this, factor, 0, 1);

    /// <summary><c>S</c>, <c>S + 2</c>, <c>floor((S - 1) / 4)</c>, <c>2 * floor(S / 4) + 1</c>.</summary>
    public override string ToString()
    {
        string product = Inner?.ToString() ?? "S";
        if (Factor != 1) product = FormattableString.Invariant($"{Factor} * {product}");
        string sum = Offset == 0 ? product : Offset > 0 ? FormattableString.Invariant($"{product} + {Offset}") : FormattableString.Invariant($"{product} - {-Offset}");
        if (Divisor == 1) return sum;
        return Offset == 0 && Factor == 1 ? FormattableString.Invariant($"floor({sum} / {Divisor})") : FormattableString.Invariant($"floor(({sum}) / {Divisor})");
    }

    /// <summary>floor((factor * inner + offset) / divisor) in as few terms as are exact.</summary>
    private static StreamLength Join(StreamLength? inner, long factor, long offset, long divisor)
    {
        long common = (long)BigInteger.GreatestCommonDivisor(factor, divisor);
        (factor, offset, divisor) = (factor / common, Floor(offset, common), divisor / common);
        if (inner is { Divisor: 1 }) return Join(inner.Inner, checked(factor * inner.Factor), checked((factor * inner.Offset) + offset), divisor);
        if (inner is not null && factor == 1) return Join(inner.Inner, inner.Factor, checked(inner.Offset + (offset * inner.Divisor)), checked(inner.Divisor * divisor));
        return new StreamLength(inner, factor, offset, divisor);
    }

    private static long Floor(long number, long divisor) => number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor);
}
