using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Models;

/// <summary>Says what a compiled model's steps mean in the time of a stream.</summary>
public static class LagTiming
{
    /// <summary>The timing; null for a model of which every frame is a step and is answered at once.</summary>
    public static StreamTiming? Of(LoweringResult lowering)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        if (lowering.Plan is null) return null;
        bool isPlain = lowering.FramesPerStep == 1 && lowering.ShortestStream <= 1 && lowering.Outputs.All(static output => output.Delay == 0 && output.Origin == 0 && output.Length == StreamLength.Source);
        if (isPlain) return null;
        LoweredOutput? leading = lowering.Outputs.FirstOrDefault(static output => output.Timing != OutputTiming.Fixed);
        return new StreamTiming
        {
            FramesPerStep = lowering.FramesPerStep,
            InputAxes = [.. lowering.Plan.Inputs.Select(input => lowering.TimeAxes.FirstOrDefault(place => place.Input == input.Name)?.Axis ?? -1)],
            Outputs = [.. lowering.Outputs.Select(output => TimingOf(output, output.Timing == OutputTiming.Fixed ? leading : output, lowering.FramesPerStep))],
            ShortestStream = lowering.ShortestStream,
            LengthMultiple = lowering.LengthMultiple,
        };
    }

    /// <summary>An output that does not depend on the stream speaks whenever the first one that does speaks.</summary>
    private static AnswerTiming TimingOf(LoweredOutput output, LoweredOutput? time, int framesPerStep) => time is null
        ? new AnswerTiming(-1, framesPerStep, 0, StreamLength.Source, 0, 1)
        : new AnswerTiming(output.Axis, time.FramesPerStep, time.Delay, time.Length, time.Origin, time.Length.SourceFramesPerFrame) { IsLatest = time.Timing == OutputTiming.LastStep };
}
