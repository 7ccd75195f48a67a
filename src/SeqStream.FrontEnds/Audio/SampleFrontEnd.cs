using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Audio;

/// <summary>
/// What front ends of sound share: a frame holds samples of one channel, in [-1, 1], at the card's rate, as many as there are; they are checked and wait until a step's window is full.
/// Features do not depend on how the samples were cut into frames. A step has the time of its first sample, by the frames' times or, without these, counted from 0.
/// </summary>
public abstract class SampleFrontEnd : IFrontEnd
{
    private const float Greatest = 1e6f; // far beyond full scale: no over-driven signal, but bytes read wrongly

    private protected SampleFrontEnd(int rateHz, double preemphasis) => Samples = new SampleQueue(rateHz, preemphasis);

    /// <inheritdoc/>
    public virtual bool IsIdle => Samples.IsFresh;

    private protected SampleQueue Samples { get; }

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        ArgumentNullException.ThrowIfNull(payload);
        string? problem = Check(payload);
        if (problem is not null) return FrameVerdict.Refused(problem);
        Samples.Add(payload.Values(payload.Segment(0)), time);
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    public abstract bool TryNext(StepInputs inputs, ref StepNote note);

    /// <inheritdoc/>
    public virtual void End()
    {
    }

    /// <inheritdoc/>
    public virtual void Reset() => Samples.Reset();

    /// <inheritdoc/>
    public virtual void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Samples.Save(writer);
    }

    /// <inheritdoc/>
    public virtual void Restore(ref StateReader reader) => Samples.Restore(ref reader);

    private static string? Check(FramePayload payload)
    {
        if (payload.Content != FrameContent.Values) return "found text, expected samples of sound. Pipe them with --in s16le or --in wav, or send {\"x\":[...]} with samples from -1 to 1.";
        if (payload.SegmentCount != 1 || payload.Segment(0).IsInteger)
        {
            return string.Create(CultureInfo.InvariantCulture, $"found {payload.SegmentCount} inputs of numbers, expected one of float samples. Send the samples of one channel as 'x'.");
        }
        ReadOnlySpan<float> samples = payload.Values(payload.Segment(0));
        for (int i = 0; i < samples.Length; i++)
        {
            if (!(Math.Abs(samples[i]) <= Greatest)) return OutOfRange(i, samples[i]);
        }
        return null;
    }

    private static string OutOfRange(int sample, float found)
        => string.Create(CultureInfo.InvariantCulture, $"found {found} as sample {sample}, expected a number, about -1 to 1. Check how the samples are encoded.");
}
