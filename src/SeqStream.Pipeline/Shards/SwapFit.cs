using SeqStream.Contracts;
using SeqStream.Execution;

namespace SeqStream.Pipeline.Shards;

/// <summary>Whether a model can take another's place under live streams.</summary>
internal static class SwapFit
{
    /// <summary>Refuses a model that does not fit.</summary>
    /// <exception cref="ArgumentException">It does not. The message says why, and what to do.</exception>
    public static void Check(StageFactory former, StageFactory next, SwapPolicy policy, EngineOptions options)
    {
        string from = former.Signature.ModelName, to = next.Signature.ModelName;
        string takes = string.Join(", ", former.Signature.Inputs), needs = string.Join(", ", next.Signature.Inputs);
        if (takes != needs) throw new ArgumentException($"Model '{to}' takes {needs}; the feed gives what '{from}' takes: {takes}. Change to a model with the same inputs, or begin another route.", nameof(next));
        if (policy == SwapPolicy.Carry) CheckCarry(former, next, from, to);
        if (policy == SwapPolicy.Replay && options.KeptFrames == 0) throw new ArgumentException($"No frames are kept that model '{to}' could step again. Set EngineOptions.KeptFrames, or use SwapPolicy.Drain.", nameof(policy));
        if (policy == SwapPolicy.Replay && (former.Timing ?? next.Timing) is not null) throw new ArgumentException($"Frames are stepped again only where every frame is answered at once; '{(former.Timing is null ? to : from)}' answers late or takes several frames for a step. Use SwapPolicy.Drain.", nameof(policy));
    }

    private static void CheckCarry(StageFactory former, StageFactory next, string from, string to)
    {
        if (!IsSameTiming(former.Timing, next.Timing)) throw new ArgumentException($"Model '{to}' answers at other times than '{from}', so frames that wait would be lost. Use SwapPolicy.Drain.", nameof(next));
        ulong has = LayoutOf(former), wants = LayoutOf(next);
        if (has != wants) throw new ArgumentException($"The streams have state layout {has:x16} of model '{from}'; '{to}' has {wants:x16}. State is carried only between models with the same state fields. Use SwapPolicy.Replay or SwapPolicy.Drain.", nameof(next));
        CheckPart("front end", former.CreateFrontEnd(), next.CreateFrontEnd(), to);
        CheckPart("decoder", former.CreateDecoder(), next.CreateDecoder(), to);
    }

    private static void CheckPart(string part, object former, object next, string to)
    {
        if (former.GetType() != next.GetType()) throw new ArgumentException($"The {part} of model '{to}' is a {next.GetType().Name}; what the streams remember is a {former.GetType().Name}'s. Use SwapPolicy.Replay or SwapPolicy.Drain.", nameof(next));
    }

    private static ulong LayoutOf(StageFactory stages)
    {
        using FrameExecutor executor = new(stages.Executors.CreateExecutor(1, 1), stages.Timing);
        return executor.Signature.Layout.Id;
    }

    private static bool IsSameTiming(StreamTiming? a, StreamTiming? b)
        => ReferenceEquals(a, b) || (a is not null && b is not null && a.FramesPerStep == b.FramesPerStep && a.ShortestStream == b.ShortestStream && a.LengthMultiple == b.LengthMultiple
            && a.InputAxes.SequenceEqual(b.InputAxes) && a.Outputs.SequenceEqual(b.Outputs));
}
