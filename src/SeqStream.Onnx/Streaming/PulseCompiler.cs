using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>
/// Compiles a whole-sequence model with windows, pads and cuts along time into steps: the frames that a step takes are the product of the strides, found by
/// walking again until all strides fit. The contract: of all frames that the steps answer, the first <c>delay</c> dropped and the next <c>length(S)</c> kept, the
/// rest is the whole-sequence output.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="dimensions">The dimensions that the file leaves open.</param>
/// <param name="time">The dimension along which the stream runs.</param>
/// <param name="folding">Keeps folded constants between walks.</param>
/// <param name="whole">The rules by which nodes run over the whole sequence.</param>
/// <param name="weights">Weights that are taken out of the model already.</param>
/// <param name="lookAhead">Frames that layers in reverse direction may look ahead; null to refuse them.</param>
internal sealed class PulseCompiler(OnnxModel model, FreeDimensions dimensions, FreeDimension time, ConstantFolding folding, WalkRules whole, PackedWeights weights, int? lookAhead)
{
    /// <summary>Most source frames of one step.</summary>
    public const int MostFrames = 1 << 14;

    /// <summary>Most lengths at which is tried what two traces suggest.</summary>
    public const int MostChecks = 512;

    private const int MoreMultiples = 7;

    // Lengths of many divisors, for models that run only where strides divide the length; short ones for models that make many frames of one.
    private static readonly ImmutableArray<int> s_multiples = [1024 * 15, 16 * 15];

    // The distance of each two is a prime, so that they are not the same modulo a stride.
    private static readonly ImmutableArray<(int Short, int Long)> s_lengths = [(61, 84), (1021, 1284), (16001, 20008)];
    private static readonly ImmutableHashSet<string> s_operators =
        ["Conv", "ConvTranspose", "MaxPool", "AveragePool", "Pad", "Slice", "Concat", "CumSum", "Gather", "Reshape", "STFT"];

    /// <summary>The operators that mix frames in a way that can be compiled.</summary>
    public static IReadOnlySet<string> Operators => s_operators;

    /// <summary>
    /// The reasons of the compiler; where it says of an operator without windows what was known before, the earlier words. Layers in reverse that it did not come to are refused all the same.
    /// </summary>
    public ImmutableArray<Blocker> Choose(ImmutableArray<Blocker> before, ImmutableArray<Blocker> found)
    {
        IEnumerable<Blocker> chosen = found.Select(blocker => s_operators.Contains(blocker.Operator) ? blocker : before.FirstOrDefault(known => known.Node == blocker.Node) ?? blocker);
        IEnumerable<Blocker> backward = before.Where(known => lookAhead is null && known.Remedy == RecurrentTime.BackwardRemedy && found.All(blocker => blocker.Node != known.Node));
        return [.. chosen, .. backward];
    }

    /// <summary>Compiles the model.</summary>
    public PulseTrace Compile()
    {
        PulseTrace? last = null;
        bool runs = false;
        foreach ((int shortLength, int longLength) in s_lengths)
        {
            try
            {
                GraphTrace longer = Whole(longLength), shorter = longer.Blockers.IsEmpty ? Whole(shortLength) : longer;
                runs |= shorter.Blockers.IsEmpty;
                last = Compile(shorter, longer, shortLength, longLength, onlyMultiples: false);
            }
            catch (LoweringStop) when (last is not null)
            {
                return last;    // Longer sequences go beyond the budget; the reasons are those of the shorter ones.
            }
            if (last.Blockers.IsEmpty) return last;
        }
        if (runs) return last!;
        foreach (int multiple in s_multiples)
        {
            try
            {
                PulseTrace multiples = Compile(Whole(multiple), Whole(3 * multiple), multiple, 3 * multiple, onlyMultiples: true);
                if (multiples.Blockers.IsEmpty) return multiples;
            }
            catch (LoweringStop)
            {
                // Such long sequences go beyond the budget; shorter ones may not.
            }
        }
        return last!;
    }

    private PulseTrace Compile(GraphTrace shorter, GraphTrace longer, int shortLength, int longLength, bool onlyMultiples)
    {
        for (int frames = 1; ;)
        {
            PulsePass pass = new(model, shorter, longer, shortLength, longLength, frames, weights) { OnlyMultiples = onlyMultiples, Whole = Whole, LookAhead = lookAhead };
            if (!longer.Blockers.IsEmpty) return new PulseTrace(longer, pass, [], longer.Blockers);
            if (!shorter.Blockers.IsEmpty) return new PulseTrace(shorter, pass, [], shorter.Blockers);
            PulseTrace trace = Walk(pass, shorter, longer);
            if (pass.NeededFrames == frames) return trace.Blockers.IsEmpty && pass.HasGuessed ? Check(trace, longLength) : trace;
            frames = pass.NeededFrames;
        }
    }

    /// <summary>Tries the predicted lengths at a stream of each length modulo the frames of a step, or at some of those multiples of it that a stream may have.</summary>
    private PulseTrace Check(PulseTrace trace, int longLength)
    {
        int frames = trace.Pass.Frames;
        if (frames > MostChecks) return Refused("", "", $"lengths are computed from the stream's length, and with {frames} frames for a step they are not checked; at most {MostChecks} are");
        (int step, int end) = trace.Pass.OnlyMultiples ? (frames, MoreMultiples * frames) : (1, frames - 1);
        for (int more = step; more <= end; more += step)
        {
            if (trace.Pass.FirstWrong(Whole(longLength + more), longLength + more) is { } node) return Refused(node.Name, node.Operator, "how many frames it has depends on the length of the stream in a way that is no formula");
        }
        return trace;

        PulseTrace Refused(string node, string @operator, string reason) => trace with { Blockers = [new Blocker(node, @operator, reason, TimeQuestion.WholeSequence)] };
    }

    private PulseTrace Walk(PulsePass pass, GraphTrace shorter, GraphTrace longer)
    {
        Dictionary<string, Wire> inputs = dimensions.Wires(time, pass.Frames);
        List<Blocker> blockers = [.. pass.Begin(inputs, shorter, longer)];
        GraphTrace trace = GraphWalk.Trace(model, inputs, whole, folding, pass.Lower, pass.Counts);
        // What counts frames runs step by step, though it is constant in a whole sequence.
        List<TraceStep> live = [.. trace.LiveSteps.Where(step => !pass.IsConstantInWhole(step.Node))];
        blockers.AddRange(trace.Blockers);
        if (blockers.Count == 0 && (!TimeAnalysis.SameNodes(live, shorter.LiveSteps, out OnnxNode? odd) || !TimeAnalysis.SameNodes(shorter.LiveSteps, longer.LiveSteps, out odd)))
        {
            blockers.Add(new Blocker(odd!.Name, odd.Operator, "whether it runs depends on the length of the stream", TimeQuestion.WholeSequence));
        }
        foreach ((string name, ScopedWire output) in trace.Outputs)
        {
            if (blockers.Count > 0 || pass.FactsOf(output.Wire) is not null || pass.LatestOf(output.Wire) is not null) continue;
            Probe probe = new(shorter.Outputs[name].Wire, longer.Outputs[name].Wire, output.Wire) { IsOfAnyLength = true };
            bool isFixed = output.Wire.Constant is null || (probe.IsConstant && probe.IsSameEverywhere());
            if (!isFixed) blockers.Add(new Blocker(name, "", "this output is computed from the length of the stream, which a stream does not have before it ends", TimeQuestion.WholeSequence));
        }
        return blockers.Count > 0 ? new PulseTrace(trace, pass, [], [.. blockers]) : HoldEarlyEnds(trace, pass);
    }

    /// <summary>An output whose last frames are cut off waits until it is known that they are not, so that every frame answered is one of the output.</summary>
    private static PulseTrace HoldEarlyEnds(GraphTrace trace, PulsePass pass)
    {
        List<StepNode> holds = [];
        Dictionary<string, ScopedWire> outputs = new(trace.Outputs, StringComparer.Ordinal);
        foreach ((string name, ScopedWire output) in trace.Outputs)
        {
            if (pass.Hold(name, output.Wire) is not { } hold) continue;
            holds.Add(hold);
            outputs[name] = output with { Wire = hold.Outputs[0]! };
        }
        return new PulseTrace(trace with { Outputs = outputs }, pass, [.. holds], []);
    }

    private GraphTrace Whole(int length) => GraphWalk.Trace(model, dimensions.Wires(time, length), whole, folding);
}
