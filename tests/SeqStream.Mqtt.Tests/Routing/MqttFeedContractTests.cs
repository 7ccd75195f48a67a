using SeqStream.Contracts;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Mqtt.Tests.Routing;

/// <summary>Our own client keeps the contract of feeds.</summary>
public sealed class MqttFeedContractTests : FeedContract
{
    private protected override IReceiptFeed Create(int port, int receiveMaximum) => MqttFeed.Create($"mqtt://127.0.0.1:{port}/in/{{stream}}?client=contract&session=1h&window={receiveMaximum}");
}
