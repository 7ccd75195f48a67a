using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>The choice of the rule by which a node that reads a stream is rewritten, and the rule for nodes that keep the frames apart.</summary>
internal static class PulseRules
{
    /// <summary>Rewrites a node.</summary>
    /// <exception cref="LoweringException">No rule covers it.</exception>
    public static Lowered Lower(PulseQuestion question)
    {
        for (int input = 0; input < question.Context.InputCount; input++) PulsePass.CheckConstant(question, input);
        string name = question.Node.Domain.Length == 0 ? question.Node.Operator : "";
        Lowered? special = name switch
        {
            "Conv" or "MaxPool" or "AveragePool" => WindowPulse.Lower(question),
            "ConvTranspose" => TransposedPulse.Lower(question),
            "STFT" => FramingPulse.Lower(question),
            "CumSum" => CumulativePulse.Sum(question),
            "Gather" => LatestPulse.Gather(question),
            "Reshape" => ReshapePulse.Lower(question),
            "Pad" => PadPulse.Lower(question),
            "Slice" => SlicePulse.Lower(question),
            "Concat" => ConcatPulse.Lower(question),
            "RNN" or "GRU" or "LSTM" => RecurrentPulse.Lower(question),
            _ => null,
        };
        return special ?? Local(question);
    }

    /// <summary>A node that keeps frames apart runs on the frames of a step as it is. Its inputs are held back until all lag as much as the last one.</summary>
    private static Lowered Local(PulseQuestion question)
    {
        Judge(question);
        (ImmutableArray<Wire?> inputs, PulseFacts facts) = Align(question);
        Lowered lowered = question.Apply(inputs);
        ImmutableArray<Wire?>.Builder outputs = lowered.Outputs.ToBuilder();
        for (int output = 0; output < outputs.Count; output++)
        {
            if (outputs[output] is not { Constant: null } wire) continue;
            int axis = new Probe(question.Short.Outputs[output]!, question.Long.Outputs[output]!, wire) { IsOfAnyLength = true }.TimeAxis(out string? reason);
            if (reason is not null) throw question.Refuse(reason);
            if (axis < 0) throw question.Refuse("something the node sums or chooses runs over the stream's time, so a step would need steps that have not come yet");
            PulseFacts own = facts with { Axis = axis };
            // With one frame in a step, a transposition may answer its input as it is, though time has gone to another axis.
            if (question.Pass.FactsOf(wire) is { } known && known != own) outputs[output] = wire = question.View(wire);
            question.Pass.Define(question, output, wire, own);
        }
        return question.Result(Lowered.Sequence(lowered.Nodes, outputs.ToImmutable()));
    }

    /// <summary>Asks the table of operators that keep steps apart.</summary>
    private static void Judge(PulseQuestion question)
    {
        TimeQuestion asked = new()
        {
            Node = question.Node,
            Opset = question.Context.Opset,
            Inputs = [.. question.Short.Inputs.Select((wire, input) => wire is null ? null : question.ProbeOf(input))],
            Facts = [.. question.Short.Inputs.Select((_, input) => FactsOf(question, input))],
            Outputs = [.. question.Short.Outputs.Select((wire, output) => wire is null || question.Long.Outputs[output] is not { } longer ? null : new Probe(wire, longer, wire) { IsOfAnyLength = true })],
        };
        Action<TimeQuestion> rule = TimeLocality.RuleOf(question.Node) ?? throw question.Refuse("it is not known to keep the steps of a stream apart");
        rule(asked);
        if (asked.IsLastStep) throw question.Refuse("it takes the last step of a stream that windows along time have changed; only its steps in order are available");
    }

    private static WireFacts FactsOf(PulseQuestion question, int input)
    {
        Wire? wire = question.Context.OptionalInput(input);
        if (wire is null || TimeLocality.IsShapeArgument(question.Node, input)) return WireFacts.Fixed;
        if (question.Pass.FactsOf(wire) is { } facts) return WireFacts.EveryStep(facts.Axis);
        int axis = wire.Constant is null ? -1 : question.ProbeOf(input).TimeAxis(out _);
        return axis < 0 ? WireFacts.Fixed : WireFacts.EveryStep(axis);
    }

    /// <summary>Makes all streaming inputs lag by the same number of frames.</summary>
    /// <exception cref="LoweringException">They have different lengths or rates.</exception>
    public static (ImmutableArray<Wire?> Inputs, PulseFacts Facts) Align(PulseQuestion question)
    {
        ImmutableArray<Wire?>.Builder inputs = question.Inputs.ToBuilder();
        int[] streaming = [.. question.Streaming];
        PulseFacts first = question.Facts(streaming[0]);
        int delay = 0;
        double anchor = first.Anchor;
        foreach (int input in streaming)
        {
            PulseFacts facts = question.Facts(input);
            if (!question.Pass.HaveOneLength(facts, first)) throw question.Refuse($"its inputs have {first.Length} and {facts.Length} frames for a stream of S, which are not the same for every S");
            delay = Math.Max(delay, facts.Delay);
            anchor = Math.Min(anchor, facts.Anchor);
        }
        foreach (int input in streaming)
        {
            PulseFacts facts = question.Facts(input);
            inputs[input] = question.Delay(inputs[input]!, facts, delay - facts.Delay, 0).Wire;
        }
        return (inputs.ToImmutable(), first with { Delay = delay, Anchor = anchor, Fill = null });
    }
}
