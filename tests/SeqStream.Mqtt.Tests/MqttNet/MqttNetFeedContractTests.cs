using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SeqStream.Contracts;
using SeqStream.Mqtt.MqttNet;
using SeqStream.Mqtt.Payloads;
using SeqStream.Mqtt.Routing;
using SeqStream.Mqtt.Tests.Routing;

namespace SeqStream.Mqtt.Tests.MqttNet;

/// <summary>MQTTnet keeps the contract of feeds.</summary>
public sealed class MqttNetFeedContractTests : FeedContract
{
    private protected override IReceiptFeed Create(int port, int receiveMaximum)
    {
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId("contract")
            .WithCleanStart(false)
            .WithSessionExpiryInterval(3600)
            .WithReceiveMaximum((ushort)receiveMaximum)
            .Build();
        return new MqttNetFeed("mqttnet", options, TopicPattern.Parse("in/{stream}"), MqttQualityOfServiceLevel.AtLeastOnce, PayloadFormats.Create("json"));
    }
}
