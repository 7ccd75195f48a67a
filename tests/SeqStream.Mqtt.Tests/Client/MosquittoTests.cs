using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>The client beside a real broker.</summary>
public sealed class MosquittoTests
{
    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Message_goes_both_ways_at_every_quality(MqttVersion version)
    {
        using Mosquitto broker = Mosquitto.Start();
        await using MqttClient client = await broker.ConnectAsync(new MqttOptions { Version = version, ClientId = "both-ways" });
        Assert.Equal(ReasonCode.GrantedQos2, await client.SubscribeAsync("a/+", QualityOfService.ExactlyOnce));

        foreach (QualityOfService quality in Enum.GetValues<QualityOfService>())
        {
            PublishOutcome outcome = await client.PublishAsync(Clients.Message("a/b", $"hello {quality}", quality)).WaitAsync(Clients.Patience);
            using ReceivedMessage message = await client.TakeAsync();
            message.Acknowledge();

            Assert.Equal(PublishStatus.Delivered, outcome.Status);
            Assert.Equal(("a/b", $"hello {quality}", quality, false), (message.Topic, message.Text(), message.Quality, message.IsDuplicate));
        }
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task Unacknowledged_message_comes_again_and_an_acknowledged_one_does_not()
    {
        using Mosquitto broker = Mosquitto.Start();
        MqttOptions options = new() { ClientId = "late", SessionExpiry = TimeSpan.FromMinutes(1) };
        await using (MqttClient client = await broker.ConnectAsync(options))
        {
            await client.SubscribeAsync("s/#");
            await client.PublishAsync(Clients.Message("s/1", "one"));
            await client.PublishAsync(Clients.Message("s/2", "two"));
            using ReceivedMessage first = await client.TakeAsync();
            using ReceivedMessage second = await client.TakeAsync();
            Assert.True(client.Acknowledge(first.Handle));
            await client.DisconnectAsync();
        }

        await using MqttClient again = await broker.ConnectAsync(options);
        using ReceivedMessage repeated = await again.TakeAsync();
        Assert.Equal(("two", true), (repeated.Text(), repeated.IsDuplicate));
        repeated.Acknowledge();
        await again.DisconnectAsync();
        Assert.False(again.Messages.TryRead(out _));
    }
}
