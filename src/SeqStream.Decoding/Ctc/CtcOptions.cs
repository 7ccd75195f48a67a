using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Decoding.Ctc;

/// <summary>What a <see cref="CtcDecoder"/> says and when.</summary>
/// <param name="Labels">One label for each score; that of the blank is never said.</param>
/// <param name="Port">The output of the scores, float32.</param>
/// <param name="Blank">Index of the blank.</param>
/// <param name="Beam">Hypotheses of the prefix beam search; 1 for the best path.</param>
/// <param name="EndpointSteps">An utterance is over after as many steps without a word; 0 to end it with the sequence only.</param>
/// <param name="Separator">What stands between two labels of a transcript.</param>
/// <param name="StepSeconds">Duration of a step; 0 if spans count steps.</param>
public sealed record CtcOptions(ImmutableArray<string> Labels, int Port, int Blank, int Beam, int EndpointSteps, string Separator, double StepSeconds)
{
    /// <summary>
    /// Reads <c>output</c> (the only one), <c>blank</c> (0), <c>beam</c> (1: the best path), <c>endpointSteps</c> (0: none), <c>separator</c> (a blank) and <c>stepMs</c> (none: spans count steps).
    /// </summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static CtcOptions Read(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int port = ScorePort.Require(card, labels, signature);
        return new CtcOptions(labels, port, (int)card.Whole("blank", 0, labels.Length - 1, 0), (int)card.Whole("beam", 1, 64, 1), (int)card.Whole("endpointSteps", 0, 1_000_000, 0),
            card.Text("separator", " "), StepClock.SecondsOf(card));
    }
}
