using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>Messages to publish while the broker is away: produced = delivered + dropped, in order.</summary>
public sealed class OutboxTests
{
    [Theory]
    [InlineData(MqttOverflow.DropOldest, 90)]
    [InlineData(MqttOverflow.DropNewest, 0)]
    public async Task Full_outbox_drops_and_counts_exactly(MqttOverflow overflow, int first)
    {
        SessionBroker broker = new(isV5: true, quality: 1, toSend: 0);
        FakeTime time = new();
        int attempts = 0;
        Away transport = new(link => broker.Serve(link), () => attempts++ > 0);
        MqttOptions options = new() { OutboxCapacity = 10, OutboxOverflow = overflow, RetryFirstConnect = true, OutboundAliases = 0, KeepAlive = TimeSpan.Zero };
        await using MqttClient client = new(options, transport, time: time);
        Task connecting = client.ConnectAsync();
        for (int i = 0; i < 100; i++) await client.EnqueueAsync(new PublishMessage { Topic = "t", Payload = new byte[] { 0, (byte)i } });
        await Clients.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(0.2));   // so little at a time that an attempt to connect does not time out
            return connecting.IsCompleted;
        });
        await Clients.UntilAsync(() => client.Counters.Delivered == 10);

        MqttCounters counters = client.Counters;
        Assert.Equal((100, 10, 90), (counters.Produced, counters.Delivered, counters.DroppedPublishes));
        Assert.Equal(Enumerable.Range(first, 10), broker.Published);
    }

    [Fact]
    public async Task Full_outbox_makes_the_sender_wait_and_loses_nothing()
    {
        SessionBroker broker = new(isV5: true, quality: 1, toSend: 0);
        MemoryTransport transport = new(static _ => new MemoryLink(), broker.Serve);
        await using MqttClient client = new(new MqttOptions { OutboxCapacity = 3, MaxInFlight = 2, OutboundAliases = 0 }, transport);
        await client.ConnectAsync();
        for (int i = 0; i < 200; i++) await client.EnqueueAsync(new PublishMessage { Topic = "t", Payload = new byte[] { 0, (byte)i } }).AsTask().WaitAsync(Clients.Patience);
        await client.DisconnectAsync(Clients.Patience);

        Assert.Equal(Enumerable.Range(0, 200), broker.Published);
        Assert.Equal(0, client.Counters.DroppedPublishes);
    }

    /// <summary>Found by kills: where nothing was sent between two checkpoints, both waited for the same message, and the later one was told first.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Who_waits_for_what_was_sent_is_told_in_the_order_of_waiting(int between)
    {
        SessionBroker broker = new(isV5: true, quality: 1, toSend: 0);
        Away transport = new(link => broker.Serve(link), static () => true);
        await using MqttClient client = new(new MqttOptions { MaxInFlight = 5, OutboundAliases = 0, KeepAlive = TimeSpan.Zero }, transport);
        List<int> told = [];
        for (int waiting = 0; waiting < 20; waiting++)
        {
            for (int i = 0; i < between + (waiting == 0 ? 1 : 0); i++) await client.EnqueueAsync(new PublishMessage { Topic = "t", Payload = new byte[] { 0, 0 } });
            int which = waiting;
            client.NotifyWhenSettled(() => told.Add(which));
        }
        Assert.Empty(told);
        await client.ConnectAsync();
        await client.DisconnectAsync(Clients.Patience);

        Assert.Equal(Enumerable.Range(0, 20), told);
    }

    [Theory]
    [InlineData("20 05 00 00 02 24 00", ReasonCode.QosNotSupported)]
    [InlineData("20 05 00 00 02 25 00", ReasonCode.RetainNotSupported)]
    [InlineData("20 08 00 00 05 27 00000010", ReasonCode.PacketTooLarge)]
    public async Task What_the_broker_does_not_allow_is_refused_without_being_sent(string connAck, ReasonCode reason)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), connAck);
        PublishOutcome outcome = await client.PublishAsync(Clients.Message("some/topic", "longer than sixteen bytes", retained: true)).WaitAsync(Clients.Patience);

        Assert.Equal(new PublishOutcome(PublishStatus.Refused, reason), outcome);
        await broker.ExpectNothingAsync(MqttVersion.V5);
    }

    [Fact]
    public async Task Greeting_is_the_first_message_of_every_connection()
    {
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V5) with { Greeting = Clients.Message("s", "on", QualityOfService.AtMostOnce, retained: true) };
        await using MqttClient client = await broker.WelcomeAsync(options);
        await broker.ExpectAsync("31 06 0001 's' 00 'on'");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V5);

        await broker.ExpectAsync("31 06 0001 's' 00 'on'");
    }

    private sealed class Away(Action<MemoryLink> serve, Func<bool> isBack) : ITransport
    {
        public string Address => "away";

        public ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
        {
            if (!isBack()) throw new IOException("Connection refused");
            MemoryLink link = new();
            serve(link);
            return ValueTask.FromResult(link.Client);
        }
    }
}
