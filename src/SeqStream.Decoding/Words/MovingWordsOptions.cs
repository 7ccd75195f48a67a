using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Decoding.Labels;

namespace SeqStream.Decoding.Words;

/// <summary>What a <see cref="MovingWordsDecoder"/> says.</summary>
/// <param name="Labels">The labels and the output of their scores.</param>
/// <param name="Watched">True for the labels whose common odds are followed, by index.</param>
/// <param name="Prior">Log-odds of the watched labels before the first word.</param>
/// <param name="Most">Most words that the last answer names.</param>
/// <param name="Least">Least change of the log-odds, either way, that is worth naming.</param>
public sealed record MovingWordsOptions(LabelOptions Labels, ImmutableArray<bool> Watched, float Prior, int Most, float Least)
{
    /// <summary>Reads <c>output</c> (a name; default: the only output), <c>watch</c> (labels), <c>prior</c> (default 0), <c>most</c> (default 3) and <c>least</c> (default 0.25).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static MovingWordsOptions Read(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        LabelOptions scores = new(labels, ScorePort.Require(card, labels, signature));
        ImmutableArray<string> watched = card.Texts("watch");
        if (watched.FirstOrDefault(label => !labels.Contains(label)) is string unknown) throw card.Refuse("watch", $"found '{unknown}', expected labels of the card: {string.Join(", ", labels)}.");
        if (watched.IsEmpty || watched.Distinct().Count() >= labels.Length) throw card.Refuse("watch", "expected some of the card's labels, but not all of them.");
        return new MovingWordsOptions(scores, [.. labels.Select(label => watched.Contains(label))], (float)card.Number("prior", -1e6, 1e6, 0), (int)card.Whole("most", 1, 100, 3), (float)card.Number("least", 0, 1e6, 0.25));
    }
}
