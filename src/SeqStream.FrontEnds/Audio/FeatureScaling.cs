using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Audio;

/// <summary>How the features of a window are levelled, centred and scaled, in this order.</summary>
/// <param name="LevelFall">The loudest feature so far, which falls by this much a window, is taken from all; NaN for no levelling.</param>
/// <param name="HalfLife">Windows after which a value counts half in the running mean; 0 for fixed means.</param>
/// <param name="PriorWeight">0 to 1: how much the running mean trusts <paramref name="Mean"/> at the beginning; 0 makes it exact from the first window on.</param>
/// <param name="RunsDeviation">True to divide by the running deviation, too.</param>
/// <param name="Mean">[feature] what is subtracted, or the running mean's first value.</param>
/// <param name="Scale">[feature] multiplied with; with a running deviation the inverse of its first value.</param>
public sealed record FeatureScaling(double LevelFall, double HalfLife, double PriorWeight, bool RunsDeviation, ImmutableArray<float> Mean, ImmutableArray<float> Scale)
{
    /// <summary>Reads <c>levelFall</c> (none), <c>mean</c> (zeros), <c>scale</c> (ones) and <c>running</c> with <c>halfLife</c>, <c>prior</c> (0) and <c>deviation</c> (false).</summary>
    /// <param name="card">The card's <c>frontEnd</c> object.</param>
    /// <param name="features">Numbers of one window's features.</param>
    /// <exception cref="CardException">A parameter is wrong.</exception>
    public static FeatureScaling Read(CardSection card, int features)
    {
        ArgumentNullException.ThrowIfNull(card);
        ImmutableArray<float> mean = card.Has("mean") ? card.Numbers("mean", features) : [.. Enumerable.Repeat(0f, features)];
        ImmutableArray<float> scale = card.Has("scale") ? card.Numbers("scale", features) : [.. Enumerable.Repeat(1f, features)];
        foreach (float factor in scale)
        {
            if (factor <= 0) throw card.Refuse("scale", string.Create(CultureInfo.InvariantCulture, $"found {factor}, expected numbers above 0."));
        }
        double fall = card.Has("levelFall") ? card.Number("levelFall", 0, 100) : double.NaN;
        if (!card.Has("running")) return new FeatureScaling(fall, 0, 0, false, mean, scale);
        CardSection running = card.Section("running");
        FeatureScaling scaling = new(fall, running.Number("halfLife", 0.1, 1e9), running.Number("prior", 0, 1, 0), running.Flag("deviation", false), mean, scale);
        running.Complete();
        return scaling;
    }
}
