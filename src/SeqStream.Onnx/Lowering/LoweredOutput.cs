using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// What an output of a step plan means in the stream's time. Of all frames that the steps answer, one after the other, the first <paramref name="Delay"/> are to
/// be dropped; the <see cref="Length"/> frames that follow are the whole-sequence model's output. For <see cref="OutputTiming.LastStep"/> all numbers are those of the frames whose last one
/// is answered.
/// </summary>
/// <param name="Name">The output's name.</param>
/// <param name="Timing">When it equals the whole-sequence model's output.</param>
/// <param name="Delay">Frames of the output by which it lags behind the input.</param>
public sealed record LoweredOutput(string Name, OutputTiming Timing, int Delay)
{
    /// <summary>The time axis of an output that has one in the whole-sequence model; otherwise -1.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>Frames that one step answers.</summary>
    public int FramesPerStep { get; init; } = 1;

    /// <summary>Source frame to which the output's first frame belongs: the newest one that it would need if nothing waited, without those that pads stand for. A whole number, or a fraction where frames were multiplied.</summary>
    public double Origin { get; init; }

    /// <summary>Source frames after a frame's own place that must have come before it is answered: the latency that people notice.</summary>
    public long LookAhead { get; init; }

    /// <summary>Frames of the output over a whole stream.</summary>
    public StreamLength Length { get; init; } = StreamLength.Source;

    /// <summary>Steps after which all frames of a stream of <paramref name="sourceFrames"/> are answered. Those that begin after the end are fed with frames of any value.</summary>
    public long StepsFor(long sourceFrames) => (Delay + Length.Of(sourceFrames) + FramesPerStep - 1) / FramesPerStep;
}
