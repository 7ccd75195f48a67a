using SeqStream.Plan;

namespace SeqStream.Contracts;

/// <summary>
/// What the frames of one output mean in the time of a stream. Of all frames that the steps answer, one after the other, the first <paramref name="Delay"/> are dropped; the
/// <paramref name="Length"/> frames that follow are the answer.
/// </summary>
/// <param name="Axis">The output's time axis; -1 for an output without one, whose whole value is each of its frames.</param>
/// <param name="FramesPerStep">Frames that one step answers.</param>
/// <param name="Delay">Frames of the output by which it lags.</param>
/// <param name="Length">Frames of the output over a whole stream.</param>
/// <param name="Origin">Source frame to which frame 0 belongs, which may lie outside the stream where it was padded.</param>
/// <param name="Stride">Source frames from one frame to the next; frame i belongs to source frame floor(<paramref name="Origin"/> + i * <paramref name="Stride"/>).</param>
public sealed record AnswerTiming(int Axis, int FramesPerStep, int Delay, StreamLength Length, double Origin, double Stride)
{
    private const double Rounding = 1e-6;   // strides are fractions of small numbers

    /// <summary>True for an output that tells the newest frame of each step only: of a stream's answers, the last one is the whole sequence's.</summary>
    public bool IsLatest { get; init; }

    /// <summary>True if both outputs answer the same frames at the same steps.</summary>
    public bool IsInStepWith(AnswerTiming other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this == other with { Axis = Axis };
    }

    /// <summary>Source frame to which a frame of the output belongs.</summary>
    public long PlaceOf(long frame) => (long)Math.Floor(Origin + (frame * Stride) + Rounding);

    /// <summary>Steps after which all frames of a stream of <paramref name="sourceFrames"/> are answered.</summary>
    public long StepsFor(long sourceFrames) => (Delay + Length.Of(sourceFrames) + FramesPerStep - 1) / FramesPerStep;
}
