using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Text;

/// <summary>What a <see cref="WordWindowFrontEnd"/> writes.</summary>
/// <param name="Back">Words before the one a step answers for.</param>
/// <param name="Ahead">Words after it, which the step waits for.</param>
/// <param name="Buckets">Rows of the feature table.</param>
/// <param name="Grams">Lengths of the character n-grams.</param>
/// <param name="HasPairs">True if a word is also known with the word before it.</param>
/// <param name="IdsPort">The input of the ids, int64.</param>
/// <param name="WeightsPort">The input of their weights, float32.</param>
public sealed record WordWindowOptions(int Back, int Ahead, int Buckets, ImmutableArray<int> Grams, bool HasPairs, int IdsPort, int WeightsPort)
{
    /// <summary>Reads <c>back</c>, <c>ahead</c>, <c>buckets</c>, <c>grams</c>, <c>pairs</c> and, if they have other names, the inputs <c>ids</c> and <c>weights</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the inputs.</exception>
    public static WordWindowOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int back = (int)card.Whole("back", 0, 16);
        int ahead = (int)card.Whole("ahead", 0, 16);
        int buckets = (int)card.Whole("buckets", 2, 1 << 30);
        ImmutableArray<int> grams = [.. card.Numbers("grams").Select(n => (int)n)];
        if (grams.Any(n => n is < 1 or > WordFeatures.Edge)) throw card.Refuse("grams", $"found a length outside 1 to {WordFeatures.Edge}.");
        bool hasPairs = card.Flag("pairs", false);
        int count = (back + 1 + ahead) * WordFeatures.SlotsFor(grams.AsSpan(), hasPairs);
        int ids = PortFit.Require(card, signature, card.Text("ids", "ids"), ElementType.Int64, count);
        int weights = PortFit.Require(card, signature, card.Text("weights", "weights"), ElementType.Float32, count);
        return new WordWindowOptions(back, ahead, buckets, grams, hasPairs, ids, weights);
    }
}
