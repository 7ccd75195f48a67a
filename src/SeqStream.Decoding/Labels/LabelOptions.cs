using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Decoding.Labels;

/// <summary>What a <see cref="LabelDecoder"/> says.</summary>
/// <param name="Labels">One label for each score.</param>
/// <param name="Port">The output of the scores, float32.</param>
/// <param name="IsLastOnly">True if only the last step of a sequence is answered, at its end.</param>
public sealed record LabelOptions(ImmutableArray<string> Labels, int Port, bool IsLastOnly)
{
    /// <summary>Reads <c>output</c> (a name; default: the only output) and <c>at</c>: <c>every-step</c> (default) or <c>end</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static LabelOptions Read(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        string at = card.Text("at", "every-step");
        if (at is not ("every-step" or "end")) throw card.Refuse("at", $"found '{at}', expected 'every-step' or 'end'.");
        return new LabelOptions(labels, ScorePort.Require(card, labels, signature), at == "end");
    }
}
