using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Books;

/// <summary>One event of an order book with the best prices after it, in the columns of LOBSTER's message and level-1 order book files.</summary>
internal struct OrderBookEvent
{
    /// <summary>Numbers of a row whose time stands apart: type, order, size, price, side, ask, ask size, bid, bid size.</summary>
    public const int Columns = 9;

    private const double Greatest = 1e9;
    private const int LastType = 7;

    /// <summary>Seconds; any origin that does not move.</summary>
    public double Time;

    /// <summary>1 new limit order, 2 partial cancellation, 3 deletion, 4 visible and 5 hidden execution, 6 cross trade, 7 halt.</summary>
    public int Type;

    /// <summary>1 if the order that the event concerns is to buy, -1 if it is to sell.</summary>
    public int Side;
    public double Size;
    public double Price;
    public double Ask;
    public double AskSize;
    public double Bid;
    public double BidSize;

    /// <summary>Reads a row, and says what is wrong with it or null.</summary>
    /// <param name="row">[9] the columns, or [10] behind the time.</param>
    /// <param name="time">Seconds of the frame, NaN if it has none; then the row must begin with them.</param>
    [HotPath]
    public string? Read(ReadOnlySpan<float> row, double time)
    {
        if (row.Length is not (Columns or Columns + 1)) return WrongCount(row.Length);
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i])) return Missing(i - (row.Length - Columns), row[i]);
        }
        Time = row.Length > Columns ? row[0] : time;
        if (!double.IsFinite(Time)) return NoTime();
        row = row[^Columns..];
        Type = (int)Math.Clamp(row[0], -1, LastType + 1);
        Side = (int)Math.Clamp(row[4], -2, 2);
        if (Type != row[0] || Type is < 1 or > LastType) return Wrong("the type", row[0], "a whole number from 1 (new order) to 7 (halt)");
        if (Side != row[4] || Side is not (-1 or 1)) return Wrong("the side", row[4], "1 for an order to buy or -1 for one to sell");
        (Size, Price, Ask, AskSize, Bid, BidSize) = (row[2], row[3], row[5], row[6], row[7], row[8]);
        return Judge();
    }

    private readonly string? Judge()
    {
        if (Size is < 0 or > Greatest) return Wrong("the size", Size, "a number of shares from 0");
        if (Type < LastType && Price is <= 0 or > Greatest) return Wrong("the price", Price, "a price above 0");
        if (AskSize is < 0 or > Greatest) return Wrong("the ask size", AskSize, "a number of shares above 0");
        if (BidSize is < 0 or > Greatest) return Wrong("the bid size", BidSize, "a number of shares above 0");
        if (AskSize == 0 || BidSize == 0) return Empty(AskSize == 0 ? "ask" : "bid");
        if (Ask is <= 0 or > Greatest) return Wrong("the ask price", Ask, "a price above 0");
        if (Bid is <= 0 or > Greatest) return Wrong("the bid price", Bid, "a price above 0");
        return Bid > Ask ? Crossed(Bid, Ask) : null;
    }

    /// <summary>The event comes before the one before it.</summary>
    public static string Backwards(double time, double before) => string.Create(CultureInfo.InvariantCulture,
        $"found an event at {time} s after one at {before} s, expected times that do not run backwards. Sort the events by time, or reset the stream before another day.");

    private static string WrongCount(int found) => string.Create(CultureInfo.InvariantCulture,
        $"found {found} numbers, expected {Columns} (type, order, size, price, side, ask, ask size, bid, bid size) and the time as 't', or {Columns + 1} with the time first. Join the message and the level-1 book after it.");

    private static string Missing(int column, float found) => string.Create(CultureInfo.InvariantCulture,
        $"found {found} as {NameOf(column)}, expected a number. Leave the event out or repair it at the source.");

    private static string NoTime() => "the event has no time. Send 't' in seconds, or rows that begin with it.";

    private static string Wrong(string what, double found, string expected) => string.Create(CultureInfo.InvariantCulture,
        $"found {found} as {what}, expected {expected}. Send the columns in the order type, order, size, price, side, ask, ask size, bid, bid size.");

    private static string Empty(string side) => $"the {side} side of the book is empty, so there is no mid price. Leave such events out; the stream goes on with the next.";

    private static string Crossed(double bid, double ask) => string.Create(CultureInfo.InvariantCulture,
        $"the book is crossed: bid {bid} above ask {ask}. Expected a bid at or below the ask; send ask before bid, and leave events out until the book is right again.");

    private static string NameOf(int column) => column switch
    {
        < 0 => "the time",
        0 => "the type",
        1 => "the order",
        2 => "the size",
        3 => "the price",
        4 => "the side",
        5 => "the ask price",
        6 => "the ask size",
        7 => "the bid price",
        _ => "the bid size",
    };
}
