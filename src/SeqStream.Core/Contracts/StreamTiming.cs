using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Contracts;

/// <summary>How a model whose answers lag behind its frames, or whose steps take several frames, lies in the time of a stream. Immutable.</summary>
public sealed record StreamTiming
{
    /// <summary>Source frames that one step takes.</summary>
    public required int FramesPerStep { get; init; }

    /// <summary>The time axis of each input; -1 for an input without one, whose latest value counts.</summary>
    public required ImmutableArray<int> InputAxes { get; init; }

    /// <summary>What each output's frames mean.</summary>
    public required ImmutableArray<AnswerTiming> Outputs { get; init; }

    /// <summary>Source frames of the shortest stream that the model answers; shorter ones have no answer.</summary>
    public long ShortestStream { get; init; } = 1;

    /// <summary>What the length of a stream is a multiple of, because the model runs for no other; frames beyond the last multiple are dropped at the end.</summary>
    public int LengthMultiple { get; init; } = 1;

    /// <summary>Source frames that have come when the first answer can be given.</summary>
    public long FramesBeforeAnswer => Outputs.Min(output => ((output.Delay / output.FramesPerStep) + 1) * (long)FramesPerStep);

    /// <summary>Source frames that wait in front of a step at most: those of one step, or of the shortest stream where steps would answer before it is complete.</summary>
    public int MostWaiting => FramesBeforeAnswer < ShortestStream ? (int)Math.Max(FramesPerStep, ShortestStream) : FramesPerStep;

    /// <summary>How many of the newest source frames may still be answered for.</summary>
    public int MostUnanswered => MostWaiting + (int)Math.Ceiling(Outputs.Max(static output => Math.Max(0, (output.Delay * output.Stride) - output.Origin)));

    /// <summary>The ports of one frame: those of a step with one frame on each time axis.</summary>
    /// <param name="step">The ports of a step.</param>
    public StepSignature FrameOf(StepSignature step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step with
        {
            Inputs = [.. step.Inputs.Select((port, at) => Frame(port, InputAxes[at]))],
            Outputs = [.. step.Outputs.Select((port, at) => Frame(port, Outputs[at].Axis))],
        };
    }

    private static StepPort Frame(StepPort port, int axis)
    {
        if (axis < 0) return port;
        int[] shape = [.. port.Shape.Dimensions];
        shape[axis] = 1;
        return new StepPort(port.Name, port.Type, new TensorShape(shape));
    }
}
