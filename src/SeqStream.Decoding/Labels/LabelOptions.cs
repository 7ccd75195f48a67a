using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Decoding.Labels;

/// <summary>What a <see cref="LabelDecoder"/> says.</summary>
/// <param name="Labels">One label for each score.</param>
/// <param name="Port">The output of the scores, float32.</param>
/// <param name="IsHeld">True if the last step of a sequence is answered at its end.</param>
/// <param name="IsRunning">True if what each step answers is the sequence's label so far: partial, and said again at the end.</param>
public sealed record LabelOptions(ImmutableArray<string> Labels, int Port, bool IsHeld = false, bool IsRunning = false)
{
    /// <summary>Reads <c>output</c> (a name; default: the only output) and <c>at</c>: <c>every-step</c> (default), <c>end</c> or <c>running</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static LabelOptions Read(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        string at = card.Text("at", "every-step");
        if (at is not ("every-step" or "end" or "running")) throw card.Refuse("at", $"found '{at}', expected 'every-step', 'end' or 'running'.");
        return new LabelOptions(labels, ScorePort.Require(card, labels, signature), IsHeld: at != "every-step", IsRunning: at == "running");
    }
}
