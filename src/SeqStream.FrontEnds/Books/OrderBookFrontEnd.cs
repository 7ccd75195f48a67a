using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Books;

/// <summary>
/// Events of a limit order book to standardised features, one step per event: gap, spread, imbalance, sizes, the last moves of the prices, place, type and side of the
/// order, order flow, and sums of flow, trades and moves that decay with time. A row is <c>type, order, size, price, side, ask, ask size, bid, bid size</c>, as LOBSTER's
/// message and level-1 book files have them, with the frame's time or the seconds before it. Rows that are not finite, with wrong sizes, prices, types or sides, with an
/// empty side, a crossed book or an earlier time than the row before are refused. Events of type 6 and 7 count as no event, but their book does.
/// </summary>
/// <remarks>Order flow: Cont, Kukanov, Stoikov, "The price impact of order book events", 2014.</remarks>
public sealed class OrderBookFrontEnd : RowFrontEnd
{
    private const int KnownTypes = 5;
    private const double MillisecondsPerSecond = 1000;

    private readonly OrderBookOptions _options;
    private readonly double[] _sums;    // [kind, decay] flow, trades, moves
    private OrderBookEvent _before;
    private double _lastMove; // ticks, of the mid price
    private double _lastBid;  // ticks
    private double _lastAsk;  // ticks
    private double _movedAt;  // seconds
    private double _traded;   // price of the last execution, 0 if there was none
    private bool _hasBefore;

    /// <summary>Creates the front end of one stream.</summary>
    public OrderBookFrontEnd(OrderBookOptions options) : base(PortOf(options), options.Features)
    {
        _options = options;
        _sums = new double[OrderBookOptions.SumKinds * options.Decays.Length];
    }

    /// <inheritdoc/>
    private protected override bool HasMemory => _hasBefore;

    /// <inheritdoc/>
    private protected override string Expected => "expected the numbers of one event of an order book. Send type, order, size, price, side, ask, ask size, bid and bid size.";

    /// <inheritdoc/>
    [HotPath]
    private protected override string? Take(ReadOnlySpan<float> row, ref double time, out bool isStep)
    {
        isStep = true;
        OrderBookEvent found = default;
        string? problem = found.Read(row, time);
        if (problem is not null) return problem;
        if (_hasBefore && found.Time < _before.Time) return OrderBookEvent.Backwards(found.Time, _before.Time);
        Update(found);
        time = found.Time;
        return null;
    }

    /// <inheritdoc/>
    private protected override void Forget()
    {
        Array.Clear(_sums);
        _lastMove = _lastBid = _lastAsk = _traded = 0;
        _hasBefore = false;
    }

    /// <inheritdoc/>
    private protected override void SaveMemory(StateWriter writer)
    {
        writer.Write(_hasBefore);
        if (!_hasBefore) return;
        writer.WriteAll([_before.Time, _before.Ask, _before.AskSize, _before.Bid, _before.BidSize, _lastMove, _lastBid, _lastAsk, _movedAt, _traded]);
        writer.WriteAll(_sums);
    }

    /// <inheritdoc/>
    private protected override void RestoreMemory(ref StateReader reader)
    {
        _hasBefore = reader.ReadBool();
        if (!_hasBefore) return;
        _before = new OrderBookEvent { Time = reader.ReadDouble(), Ask = reader.ReadDouble(), AskSize = reader.ReadDouble(), Bid = reader.ReadDouble(), BidSize = reader.ReadDouble() };
        _lastMove = reader.ReadDouble();
        _lastBid = reader.ReadDouble();
        _lastAsk = reader.ReadDouble();
        _movedAt = reader.ReadDouble();
        _traded = reader.ReadDouble();
        reader.ReadAll(_sums);
    }

    private static int PortOf(OrderBookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Port;
    }

    private void Update(in OrderBookEvent now)
    {
        OrderBookEvent before = _hasBefore ? _before : now;
        bool isOrder = now.Type <= KnownTypes, isTrade = now.Type is 4 or 5;
        double mid = (now.Ask + now.Bid) / 2;
        double size = isOrder ? double.LogP1(now.Size / _options.Lot) : 0;
        double place = isOrder ? Math.Asinh(now.Side * (now.Price - mid) / _options.Tick) : 0;
        double gap = now.Time - before.Time;
        double flow = _hasBefore ? Math.Asinh(Flow(before, now) / _options.Lot) : 0;
        double bidMove = (now.Bid - before.Bid) / _options.Tick, askMove = (now.Ask - before.Ask) / _options.Tick, move = (bidMove + askMove) / 2;
        if (move != 0) _lastMove = move;
        if (bidMove != 0) _lastBid = bidMove;
        if (askMove != 0) _lastAsk = askMove;
        if (move != 0 || !_hasBefore) _movedAt = now.Time;
        if (isTrade) _traded = now.Price;
        Decay(gap, flow, isTrade ? -now.Side * size : 0, Math.Asinh(move));
        double spread = (now.Ask - now.Bid) / _options.Tick;
        double imbalance = (now.BidSize - now.AskSize) / (now.BidSize + now.AskSize);
        ReadOnlySpan<double> plain =
        [
            double.LogP1(MillisecondsPerSecond * gap), double.LogP1(MillisecondsPerSecond * (now.Time - _movedAt)), double.LogP1(spread), imbalance, imbalance * spread,
            double.LogP1(now.BidSize / _options.Lot), double.LogP1(now.AskSize / _options.Lot), Math.Asinh(_lastMove), place, now.Side * place, now.Side * size, flow,
            Math.Asinh(_lastBid), Math.Asinh(_lastAsk), Math.Asinh(bidMove), Math.Asinh(askMove), _traded > 0 ? Math.Asinh((_traded - mid) / _options.Tick) : 0,
        ];
        Write(plain, isOrder ? (2 * (now.Type - 1)) + (now.Side > 0 ? 1 : 0) : -1);
        _before = now;
        _hasBefore = true;
    }

    /// <summary>Shares that the event added to the demand at the best prices less those that it added to the supply.</summary>
    private static double Flow(in OrderBookEvent before, in OrderBookEvent now)
    {
        double demand = (now.Bid >= before.Bid ? now.BidSize : 0) - (now.Bid <= before.Bid ? before.BidSize : 0);
        double supply = (now.Ask <= before.Ask ? now.AskSize : 0) - (now.Ask >= before.Ask ? before.AskSize : 0);
        return demand - supply;
    }

    private void Decay(double gap, double flow, double trade, double move)
    {
        int decays = _options.Decays.Length;
        for (int i = 0; i < decays; i++)
        {
            double kept = Math.Exp(-gap / _options.Decays[i]);
            _sums[i] = (_sums[i] * kept) + flow;
            _sums[decays + i] = (_sums[decays + i] * kept) + trade;
            _sums[(2 * decays) + i] = (_sums[(2 * decays) + i] * kept) + move;
        }
    }

    private void Write(ReadOnlySpan<double> plain, int kind)
    {
        for (int i = 0; i < plain.Length; i++) Set(i, plain[i]);
        for (int i = plain.Length; i < OrderBookOptions.PlainFeatures; i++) Set(i, i - plain.Length == kind ? 1 : 0);
        for (int i = 0; i < _sums.Length; i++) Set(OrderBookOptions.PlainFeatures + i, _sums[i]);
    }

    private void Set(int feature, double value)
        => Features[feature] = (float)Math.Clamp((value - _options.Mean[feature]) * _options.Scale[feature], -_options.Limit, _options.Limit);
}
