using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.Decoding.Segments;

/// <summary>When a <see cref="SegmentDecoder"/> begins and ends a segment.</summary>
/// <param name="Labels">One label for each score.</param>
/// <param name="Port">The output of the scores, float32.</param>
/// <param name="Background">Index of the label that no segment has.</param>
/// <param name="On">Smoothed probability from which a label may begin a segment.</param>
/// <param name="Off">Smoothed probability below which a segment may end; not above <paramref name="On"/>.</param>
/// <param name="OnSteps">Steps in a row for which it must be reached to begin.</param>
/// <param name="HangSteps">Steps in a row below <paramref name="Off"/> that end a segment.</param>
/// <param name="Smoothing">0 to below 1: how much of the smoothed probability before is kept at each step.</param>
/// <param name="DelaySteps">Steps by which the scores lag behind what they speak about.</param>
/// <param name="StepSeconds">Duration of a step; 0 if spans count steps.</param>
public sealed record SegmentOptions(ImmutableArray<string> Labels, int Port, int Background, float On, float Off, int OnSteps, int HangSteps, float Smoothing, int DelaySteps, double StepSeconds)
{
    /// <summary>
    /// Reads <c>output</c> (the only one), <c>background</c> (a label; the first), <c>on</c> (0.5), <c>off</c> (0.3), <c>onSteps</c> (2), <c>hangSteps</c> (5), <c>smoothing</c> (0),
    /// <c>delaySteps</c> (0) and <c>stepMs</c> (none: spans count steps).
    /// </summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the output.</exception>
    public static SegmentOptions Read(CardSection card, ImmutableArray<string> labels, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int port = ScorePort.Require(card, labels, signature);
        string name = card.Text("background", labels[0]);
        int background = labels.IndexOf(name);
        if (background < 0) throw card.Refuse("background", $"found '{name}', expected one of the labels: {string.Join(", ", labels)}.");
        double on = card.Number("on", 0, 1, 0.5);
        double off = card.Number("off", 0, 1, Math.Min(0.3, on));
        if (off > on) throw card.Refuse("off", string.Create(CultureInfo.InvariantCulture, $"found {off}, expected at most 'on', which is {on}."));
        return new SegmentOptions(labels, port, background, (float)on, (float)off, (int)card.Whole("onSteps", 1, 100_000, 2), (int)card.Whole("hangSteps", 1, 100_000, 5),
            (float)card.Number("smoothing", 0, 0.999, 0), (int)card.Whole("delaySteps", 0, 10_000, 0), StepClock.SecondsOf(card));
    }
}
