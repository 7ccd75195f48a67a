using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Sensors;

/// <summary>What a <see cref="StandardizeFrontEnd"/> writes.</summary>
/// <param name="Channels">Numbers of a frame.</param>
/// <param name="Logarithms">Channels of which sign(x) log(1 + |x|) is taken before anything else.</param>
/// <param name="Means">Half-lives, in steps, of the running means of each channel.</param>
/// <param name="Deviations">Half-lives, in steps, of the running standard deviations of each channel.</param>
/// <param name="Mean">[feature] subtracted.</param>
/// <param name="Scale">[feature] multiplied with afterwards.</param>
/// <param name="Port">The input of the features, float32.</param>
public sealed record StandardizeOptions(
    int Channels,
    ImmutableArray<int> Logarithms,
    ImmutableArray<float> Means,
    ImmutableArray<float> Deviations,
    ImmutableArray<float> Mean,
    ImmutableArray<float> Scale,
    int Port)
{
    /// <summary>Numbers of a step: the channels, then a block of them for each running mean, then for each running deviation.</summary>
    public int Features => Channels * (1 + Means.Length + Deviations.Length);

    /// <summary>Reads <c>channels</c>, <c>logarithms</c>, <c>means</c>, <c>deviations</c>, <c>mean</c>, <c>scale</c> and <c>input</c> (a name; default: the only input).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static StandardizeOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int channels = (int)card.Whole("channels", 1, 4096);
        ImmutableArray<int> logarithms = card.Has("logarithms") ? [.. card.Numbers("logarithms").Select(channel => (int)channel)] : [];
        foreach (int channel in logarithms)
        {
            if (channel < 0 || channel >= channels) throw card.Refuse("logarithms", string.Create(CultureInfo.InvariantCulture, $"found channel {channel}, expected 0 to {channels - 1}."));
        }
        ImmutableArray<float> means = HalfLives(card, "means");
        ImmutableArray<float> deviations = HalfLives(card, "deviations");
        int features = channels * (1 + means.Length + deviations.Length);
        int port = PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, features);
        return new StandardizeOptions(channels, logarithms, means, deviations, card.Numbers("mean", features), card.Numbers("scale", features), port);
    }

    private static ImmutableArray<float> HalfLives(CardSection card, string key)
    {
        if (!card.Has(key)) return [];
        ImmutableArray<float> halfLives = card.Numbers(key);
        foreach (float halfLife in halfLives)
        {
            if (halfLife <= 0) throw card.Refuse(key, string.Create(CultureInfo.InvariantCulture, $"found {halfLife}, expected half-lives above 0 steps."));
        }
        return halfLives;
    }
}
