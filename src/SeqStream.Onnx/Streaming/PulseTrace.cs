using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>A whole-sequence model rewritten to steps, or the nodes that prevent it.</summary>
/// <param name="Trace">The walk over the model with the frames of one step.</param>
/// <param name="Pass">What the walk found out.</param>
/// <param name="Holds">Nodes that run after the walk's: they hold back outputs that end before their source.</param>
/// <param name="Blockers">Why the model cannot be rewritten; empty if it can.</param>
internal sealed record PulseTrace(GraphTrace Trace, PulsePass Pass, ImmutableArray<StepNode> Holds, ImmutableArray<Blocker> Blockers)
{
    private const int Digits = 6;    // of a look-ahead, whose strides may be fractions

    /// <summary>What the model's outputs mean in time.</summary>
    public ImmutableArray<LoweredOutput> Outputs(OnnxModel model) => [.. model.Graph.Outputs.Select(output => Describe(output.Name, Trace.Outputs[output.Name].Wire))];

    /// <summary>Remarks for people.</summary>
    public IEnumerable<string> Notes(ImmutableArray<LoweredOutput> outputs)
    {
        if (Pass.Frames > 1) yield return $"a step takes {Pass.Frames} frames: the product of the strides along time";
        if (Pass is { OnlyMultiples: true, Frames: > 1 }) yield return $"the model runs only for streams whose length is a multiple of {Pass.Frames} frames";
        foreach (LoweredOutput output in outputs)
        {
            bool isLate = output.Delay > 0 || output.LookAhead > 0;
            if (isLate && output.Timing == OutputTiming.LastStep) yield return $"output '{output.Name}' belongs to the last of {output.Length} frames for a stream of S, which lag by {output.Delay} and look {output.LookAhead} source frames ahead";
            else if (isLate) yield return $"output '{output.Name}' has {output.Length} frames for a stream of S; it lags by {output.Delay} of them and looks {output.LookAhead} source frames ahead";
        }
    }

    /// <summary>What a value means in time.</summary>
    public LoweredOutput Describe(string name, Wire wire)
    {
        PulseFacts? stream = Pass.FactsOf(wire), latest = Pass.LatestOf(wire);
        if ((stream ?? latest) is not { } facts) return new LoweredOutput(name, OutputTiming.Fixed, 0);
        long lookAhead = Math.Max(0, (long)Math.Ceiling(Math.Round((facts.Delay * facts.Stride) - facts.Anchor, Digits)));
        LoweredOutput output = new(name, stream is null ? OutputTiming.LastStep : OutputTiming.EveryStep, facts.Delay) { FramesPerStep = facts.Frames, LookAhead = lookAhead, Length = facts.Length };
        return stream is null ? output : output with { Axis = facts.Axis, Origin = (long)Math.Round(facts.Anchor) };
    }
}
