using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Decoding.Tags;

/// <summary>What a <see cref="BioTagDecoder"/> knows about tags.</summary>
/// <param name="Tags">One tag for each score.</param>
/// <param name="Port">The output of the scores, float32.</param>
/// <param name="Lag">Words after which a tag is settled.</param>
/// <param name="Start">[tag] log-score of a sequence beginning with a tag.</param>
/// <param name="Transitions">[from, to] log-score of a tag following a tag; -10000 and below forbid.</param>
/// <param name="End">[tag] log-score of a sequence ending with a tag.</param>
public sealed record BioTagOptions(
    ImmutableArray<string> Tags, int Port, int Lag, ImmutableArray<float> Start, ImmutableArray<float> Transitions, ImmutableArray<float> End)
{
    /// <summary>Reads <c>lag</c>, <c>start</c>, <c>transitions</c>, <c>end</c> and <c>output</c> (a name; default: the only output).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static BioTagOptions Read(CardSection card, ImmutableArray<string> tags, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int port = ScorePort.Require(card, tags, signature);
        int count = tags.Length;
        int lag = (int)card.Whole("lag", 0, 1000);
        return new BioTagOptions(tags, port, lag, card.Numbers("start", count), card.Table("transitions", count, count), card.Numbers("end", count));
    }
}
