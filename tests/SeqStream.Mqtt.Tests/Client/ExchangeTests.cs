using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>Exchanges byte for byte in all the forms that a broker may choose.</summary>
public sealed class ExchangeTests
{
    private static MqttOptions V5 => ScriptedBroker.Options(MqttVersion.V5);

    [Theory]
    [InlineData("40 02 0001")]
    [InlineData("40 03 0001 00")]
    [InlineData("40 03 0001 10")]
    [InlineData("40 04 0001 00 00")]
    [InlineData("40 0a 0001 00 06 1f 0003 'abc'")]
    [InlineData("40 0d 0001 00 09 26 0002 'kk' 0002 'vv'")]
    public async Task Acknowledgement_of_quality_1_may_have_any_length(string answer)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x"));
        await broker.ExpectAsync("32 07 0001 't' 0001 00 'x'");
        await broker.SendAsync(answer);

        Assert.Equal(PublishStatus.Delivered, (await outcome.WaitAsync(Clients.Patience)).Status);
    }

    [Theory]
    [InlineData("50 02 0001", "70 02 0001")]
    [InlineData("50 03 0001 00", "70 03 0001 00")]
    [InlineData("50 04 0001 00 00", "70 04 0001 00 00")]
    [InlineData("50 0a 0001 00 06 1f 0003 'abc'", "70 0a 0001 00 06 1f 0003 'abc'")]
    public async Task Acknowledgements_of_quality_2_may_have_any_length(string received, string completed)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x", QualityOfService.ExactlyOnce));
        await broker.ExpectAsync("34 07 0001 't' 0001 00 'x'");
        await broker.SendAsync(received);
        await broker.ExpectAsync("62 02 0001");
        await broker.SendAsync(completed);

        Assert.Equal(PublishStatus.Delivered, (await outcome.WaitAsync(Clients.Patience)).Status);
    }

    [Theory]
    [InlineData("62 02 0001")]
    [InlineData("62 03 0001 00")]
    [InlineData("62 04 0001 00 00")]
    [InlineData("62 0a 0001 00 06 1f 0003 'abc'")]
    public async Task Release_may_have_any_length(string release)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await broker.SendAsync("34 06 0001 't' 0001 00");
        using ReceivedMessage message = await client.TakeAsync();
        message.Acknowledge();
        await broker.ExpectAsync("50 02 0001");
        await broker.SendAsync(release);
        await broker.ExpectAsync("70 02 0001");
    }

    [Theory]
    [InlineData(MqttVersion.V5, false, "30 04 0001 't' 00")]
    [InlineData(MqttVersion.V5, true, "31 04 0001 't' 00")]
    [InlineData(MqttVersion.V311, false, "30 03 0001 't'")]
    [InlineData(MqttVersion.V311, true, "31 03 0001 't'")]
    public async Task Message_without_content_is_sent(MqttVersion version, bool isRetained, string bytes)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(version));
        await client.EnqueueAsync(Clients.Message("t", "", QualityOfService.AtMostOnce, isRetained));
        await broker.ExpectAsync(bytes);
        await broker.ExpectNothingAsync(version);
    }

    [Fact]
    public async Task Properties_are_sent_as_given()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        PublishMessage plain = Clients.Message("t", "x", QualityOfService.AtMostOnce);
        await client.EnqueueAsync(plain with { ContentType = "a/b" });
        await broker.ExpectAsync("30 0b 0001 't' 06 03 0003 'a/b' 'x'");
        await client.EnqueueAsync(plain with { IsText = true });
        await broker.ExpectAsync("30 07 0001 't' 02 01 01 'x'");
        await client.EnqueueAsync(plain with { Expiry = TimeSpan.FromSeconds(10), UserProperties = [new UserProperty("k", "v"), new UserProperty("k", "w")] });
        await broker.ExpectAsync("30 18 0001 't' 13 02 0000000a 26 0001 'k' 0001 'v' 26 0001 'k' 0001 'w' 'x'");
    }

    [Theory]
    [InlineData("30 1b", "", QualityOfService.AtMostOnce)]
    [InlineData("32 1d", "0001", QualityOfService.AtLeastOnce)]
    [InlineData("34 1d", "0001", QualityOfService.ExactlyOnce)]
    public async Task Properties_are_received_with_every_quality(string header, string id, QualityOfService quality)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await broker.SendAsync($"{header} 0001 't' {id} 15 01 01 02 00000007 03 0001 'a' 26 0002 'kk' 0003 'vvv' 'xy'");
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal((quality, true, TimeSpan.FromSeconds(7), "a", "xy"), (message.Quality, message.IsText, message.Expiry, message.ContentType, message.Text()));
        Assert.Equal([new UserProperty("kk", "vvv")], message.UserProperties);
    }

    [Fact]
    public async Task Will_goes_with_user_and_password()
    {
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V311) with { Credentials = new MqttCredentials("u", "pw"), Will = new WillMessage { Topic = "w", Payload = "x"u8.ToArray() } };
        await using MqttClient client = new(options, broker.Transport);
        Task connecting = client.ConnectAsync();
        await broker.NextLinkAsync();
        await broker.ExpectAsync("10 1a 0004 'MQTT' 04 ce 003c 0001 'c' 0001 'w' 0001 'x' 0001 'u' 0002 'pw'");
        await broker.SendAsync("20 02 00 00");
        await connecting.WaitAsync(Clients.Patience);
    }

    [Fact]
    public async Task Several_subscriptions_end_in_one_packet()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        Task<ReasonCode[]> answer = client.UnsubscribeAsync(["a", "b/#"]);
        await broker.ExpectAsync("a2 0b 0001 00 0001 'a' 0003 'b/#'");
        await broker.SendAsync("b0 05 0001 00 11 87");

        Assert.Equal([ReasonCode.NoSubscriptionExisted, ReasonCode.NotAuthorized], await answer.WaitAsync(Clients.Patience));
    }

    [Theory]
    [InlineData("f0 0a 18 08 15 0001 'n' 16 0001 'q'", "protocol-error")]
    [InlineData("20 03 00 87 00", "not-authorized")]
    [InlineData("20 03 00 8c 00", "bad-authentication-method")]
    public async Task Authentication_that_fails_is_told(string answer, string label)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = new(V5 with { Authenticator = new Silent() }, broker.Transport);
        Task connecting = client.ConnectAsync();
        await broker.NextLinkAsync();
        await broker.ReadPacketAsync();
        await broker.SendAsync(answer);

        Assert.Equal(label, (await Assert.ThrowsAsync<MqttConnectException>(() => connecting.WaitAsync(Clients.Patience))).Label);
    }

    [Fact]
    public async Task Flood_of_quality_0_is_dropped_and_counted_exactly_while_the_receiver_is_behind()
    {
        const int Sent = 50_000;
        ScriptedBroker broker = new();
        Observed observed = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { ReceiveMaximum = 100, DropsWhenBehind = true }, observer: observed);
        byte[] packets = [.. Enumerable.Repeat(ScriptedBroker.Bytes("30 06 0001 't' 00 'xy'"), 500).SelectMany(static packet => packet)];
        for (int i = 0; i < Sent; i += 500) await broker.Link.Broker.WriteAsync(packets);
        await broker.ExpectNothingAsync(MqttVersion.V5);
        long taken = 0;
        while (client.Messages.TryRead(out ReceivedMessage? message))
        {
            taken++;
            message.Dispose();
        }

        Assert.Equal(100, taken);
        Assert.Equal((taken, Sent - taken), (client.Counters.Received, client.Counters.DroppedReceived));
        Assert.StartsWith("1 messages of QoS 0 were dropped so far, because the receiver is behind. Use QoS 1", observed.Events.First(static e => e.Kind == MqttEventKind.MessageDropped).Text, StringComparison.Ordinal);
        Assert.InRange(observed.Events.Count(static e => e.Kind == MqttEventKind.MessageDropped), 1, 20);
    }

    [Fact]
    public async Task Receiver_that_is_behind_holds_no_more_bytes_than_allowed_and_nothing_is_lost()
    {
        const int Sent = 2000;
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { MaxHeldBytes = 10_000 });
        string payload = new('x', 1000);
        Task sending = Task.Run(async () =>
        {
            for (int i = 1; i <= Sent; i++) await broker.SendAsync($"32 ee07 0001 't' {i:x4} 00 '{payload}'");
        });
        await Clients.UntilAsync(() => client.Counters.Received >= 9);
        await Task.Delay(20);
        Assert.InRange(client.Counters.Received, 9, 11);
        for (int i = 0; i < Sent; i++)
        {
            using ReceivedMessage message = await client.TakeAsync();
            message.Acknowledge();
        }
        await sending;

        Assert.Equal((Sent, Sent), (client.Counters.Received, client.Counters.Acknowledged));
    }

    private sealed class Silent : IMqttAuthenticator
    {
        public string Method => "m";

        public byte[] Begin() => [];

        public byte[] Continue(ReadOnlySpan<byte> challenge) => [];
    }
}
