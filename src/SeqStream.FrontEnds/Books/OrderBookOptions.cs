using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Books;

/// <summary>What an <see cref="OrderBookFrontEnd"/> writes.</summary>
/// <param name="Tick">Smallest step of prices, in the unit of the rows.</param>
/// <param name="Lot">Shares that count as one.</param>
/// <param name="Decays">Seconds in which the running sums fall to 1/e.</param>
/// <param name="Limit">The features are cut at this many times their scale on both sides.</param>
/// <param name="Mean">[feature] subtracted.</param>
/// <param name="Scale">[feature] multiplied with afterwards.</param>
/// <param name="Port">The input of the features, float32.</param>
public sealed record OrderBookOptions(double Tick, double Lot, ImmutableArray<float> Decays, double Limit, ImmutableArray<float> Mean, ImmutableArray<float> Scale, int Port)
{
    /// <summary>Features that need no running sum: 17 of the event and the book, 10 for the type and side of the event.</summary>
    public const int PlainFeatures = 27;

    /// <summary>Running sums for each decay: of order flow, of trades and of moves of the mid price.</summary>
    public const int SumKinds = 3;

    /// <summary>Numbers of a step.</summary>
    public int Features => PlainFeatures + SumKinds * Decays.Length;

    /// <summary>Reads <c>channels</c> (10: what feeds of raw numbers take for a row, the time first), <c>tick</c>, <c>lot</c>, <c>decays</c>, <c>limit</c>, <c>mean</c>, <c>scale</c> and <c>input</c> (a name; default: the only input).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static OrderBookOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        _ = card.Whole("channels", OrderBookEvent.Columns + 1, OrderBookEvent.Columns + 1, OrderBookEvent.Columns + 1);
        ImmutableArray<float> decays = card.Numbers("decays");
        foreach (float decay in decays)
        {
            if (decay <= 0) throw card.Refuse("decays", string.Create(CultureInfo.InvariantCulture, $"found {decay}, expected times above 0 seconds."));
        }
        int features = PlainFeatures + SumKinds * decays.Length;
        int port = PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, features);
        return new OrderBookOptions(card.Number("tick", 1e-6, 1e6), card.Number("lot", 1e-6, 1e6), decays, card.Number("limit", 1, 1e6),
            card.Numbers("mean", features), card.Numbers("scale", features), port);
    }
}
