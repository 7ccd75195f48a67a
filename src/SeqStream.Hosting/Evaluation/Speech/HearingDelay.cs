using SeqStream.FrontEnds.Audio;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>How much sound a step must have heard.</summary>
internal static class HearingDelay
{
    /// <summary>Seconds from the beginning of a step to its last sample, by the windows of the card's front end.</summary>
    /// <exception cref="ArgumentException">The model takes no sound, or at another rate than the recordings.</exception>
    public static double Of(ModelCard card)
    {
        if (AudioCard.RateHz(card.FrontEndType, card.FrontEnd) != SpokenWords.RateHz)
            throw new ArgumentException($"The card of model '{card.Name}' asks for an evaluation on spoken words, but its front end '{card.FrontEndType}' does not take sound at {SpokenWords.RateHz} Hz. Name another evaluation.");
        int join = card.FrontEnd.TryGetProperty("join", out var windows) ? windows.GetInt32() : 1;
        return card.FrontEnd.TryGetProperty("windowMs", out var window) ? (window.GetDouble() + (join - 1) * card.FrontEnd.GetProperty("hopMs").GetDouble()) / 1000 : 0;
    }

    /// <summary>The middle one of some numbers; NaN of none.</summary>
    public static double Median(List<double> numbers)
    {
        if (numbers.Count == 0) return double.NaN;
        numbers.Sort();
        return numbers[numbers.Count / 2];
    }
}
