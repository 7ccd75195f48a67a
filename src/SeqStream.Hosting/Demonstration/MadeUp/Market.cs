namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>Events of an order book with the best prices after each, in the columns of LOBSTER, the time apart: a walk in which the side with fewer shares gives way.</summary>
internal static class Market
{
    private const float Cent = 100; // of a price times 10,000

    /// <summary>Some events, about a tenth of a second apart.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Events(int count, double pause) => [Walk(count, pause)];

    private static IEnumerable<SceneFrame> Walk(int count, double pause)
    {
        Random random = new(11);
        float ask = 2_239_500, bid = 2_238_100, askSize = 200, bidSize = 200;
        double time = 34_200;
        for (int i = 0; i < count; i++)
        {
            time += -0.1 * Math.Log(1 - random.NextDouble());
            bool isBuy = random.NextDouble() < 0.5 + 0.35 * Math.Sin(i / 12.0), takes = random.NextDouble() < 0.4;
            float size = 100 * random.Next(1, 3), price = isBuy == takes ? ask : bid;
            ref float queue = ref isBuy == takes ? ref askSize : ref bidSize;
            queue += takes ? -size : size;
            if (queue <= 0)
            {
                float move = isBuy ? 2 * Cent : -2 * Cent;
                (ask, bid, askSize, bidSize) = (ask + move, bid + move, 200, 200);
            }
            yield return SceneFrame.Measured([takes ? 4 : 1, i, size, price, (isBuy ? 1 : -1) * (takes ? -1 : 1), ask, askSize, bid, bidSize], time, pause);
        }
    }
}
