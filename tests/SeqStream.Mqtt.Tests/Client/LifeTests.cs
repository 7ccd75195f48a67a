using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>How a client lives through silence, refusals, takeovers and brokers that forget.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task Silent_link_is_noticed_within_one_and_a_half_keep_alive_intervals()
    {
        FakeTime time = new();
        Observed observed = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), observer: observed, time: time);
        TimeSpan connected = time.Elapsed;
        broker.Link.IsSilent = true;
        while (!observed.Has(MqttEventKind.Disconnected))
        {
            Assert.True(time.Elapsed - connected <= TimeSpan.FromSeconds(90), "The dead connection was not noticed.");
            time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(1);
        }

        Assert.Equal("half-open", observed.Only(MqttEventKind.Disconnected).Label);
    }

    [Fact]
    public async Task Idle_link_is_kept_alive_with_pings()
    {
        FakeTime time = new();
        Observed observed = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), observer: observed, time: time);
        for (int i = 0; i < 3; i++)
        {
            Task ping = broker.ExpectAsync("c0 00");
            await Clients.UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(0.5));
                return ping.IsCompleted;
            });
            await ping;
            await broker.SendAsync("d0 00");
            await broker.ExpectNothingAsync(MqttVersion.V5);
        }

        Assert.False(observed.Has(MqttEventKind.Disconnected));
    }

    [Fact]
    public async Task Broker_decides_the_keep_alive_interval()
    {
        FakeTime time = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), "20 06 00 00 03 13 000a", time: time);
        await Clients.UntilAsync(() => time.Waiting > 0);
        time.Advance(TimeSpan.FromSeconds(8));

        await broker.ExpectAsync("c0 00");
    }

    [Theory]
    [InlineData("84", "unsupported-protocol-version")]
    [InlineData("85", "client-identifier-not-valid")]
    [InlineData("86", "bad-user-name-or-password")]
    [InlineData("87", "not-authorized")]
    [InlineData("88", "server-unavailable")]
    [InlineData("89", "server-busy")]
    [InlineData("8a", "banned")]
    [InlineData("97", "quota-exceeded")]
    [InlineData("9c", "use-another-server")]
    [InlineData("9d", "server-moved")]
    [InlineData("9f", "connection-rate-exceeded")]
    public async Task Refusal_has_a_label_and_a_text_of_its_own(string code, string label)
    {
        ScriptedBroker broker = new();
        MqttConnectException refusal = await Assert.ThrowsAsync<MqttConnectException>(() => broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), $"20 03 00 {code} 00"));

        Assert.Equal(label, refusal.Label);
        Assert.StartsWith("MQTT broker memory refused the connection: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"(0x{code.ToUpperInvariant()}, {label})", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "unsupported-protocol-version")]
    [InlineData(2, "client-identifier-not-valid")]
    [InlineData(3, "server-unavailable")]
    [InlineData(4, "bad-user-name-or-password")]
    [InlineData(5, "not-authorized")]
    public async Task Return_code_of_the_older_version_is_translated(int code, string label)
    {
        ScriptedBroker broker = new();
        MqttConnectException refusal = await Assert.ThrowsAsync<MqttConnectException>(() => broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V311), $"20 02 00 0{code}"));

        Assert.Equal(label, refusal.Label);
    }

    [Theory]
    [InlineData("8b", "server-shutting-down", false)]
    [InlineData("8d", "keep-alive-timeout", false)]
    [InlineData("87", "not-authorized", true)]
    [InlineData("97", "quota-exceeded", true)]
    [InlineData("98", "administrative-action", false)]
    public async Task Goodbye_of_the_broker_has_a_label_and_decides_the_pause(string code, string label, bool isLate)
    {
        Observed observed = new();
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V5) with { Backoff = new BackoffOptions { First = TimeSpan.Zero, Longest = TimeSpan.FromSeconds(30) } };
        await using MqttClient client = await broker.WelcomeAsync(options, observer: observed, time: new FakeTime());
        await broker.SendAsync($"e0 01 {code}");
        await Clients.UntilAsync(() => observed.Has(MqttEventKind.Disconnected));

        MqttEvent end = observed.Only(MqttEventKind.Disconnected);
        Assert.Equal(label, end.Label);
        Assert.Equal(isLate, end.RetryAfter >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Server_reference_is_named()
    {
        Observed observed = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), observer: observed, time: new FakeTime());
        await broker.SendAsync("e0 0a 9c 08 1c 0005 'other'");
        await Clients.UntilAsync(() => observed.Has(MqttEventKind.Disconnected));

        Assert.Equal("MQTT broker memory closed the connection: the broker asks to use another server for now (0x9C, use-another-server). Connect to the server that it names. It names the server 'other'.", observed.Only(MqttEventKind.Disconnected).Text);
    }

    [Fact]
    public async Task Client_that_was_taken_over_does_not_take_the_session_back_soon()
    {
        FakeTime time = new();
        Observed observed = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(MqttVersion.V5), observer: observed, time: time);
        await broker.SendAsync("e0 01 8e");
        await Clients.UntilAsync(() => observed.Has(MqttEventKind.SessionTakenOver));
        time.Advance(TimeSpan.FromSeconds(119));
        await Task.Delay(20);

        Assert.Equal(1, broker.Transport.Count);
        Assert.Equal("session-taken-over", observed.Only(MqttEventKind.SessionTakenOver).Label);
    }

    [Fact]
    public async Task Connection_that_is_closed_again_and_again_counts_as_a_takeover()
    {
        FakeTime time = new();
        Observed observed = new();
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V311) with { Backoff = new BackoffOptions { First = TimeSpan.Zero, Longest = TimeSpan.FromSeconds(30) } };
        await using MqttClient client = await broker.WelcomeAsync(options, observer: observed, time: time);
        for (int i = 0; i < 3; i++)
        {
            if (i > 0)
            {
                await Clients.UntilAsync(() => broker.Transport.Count > i || AdvanceTo(time));
                await broker.AcceptAsync(MqttVersion.V311);
                await Clients.UntilAsync(() => observed.Events.Count(static e => e.Kind == MqttEventKind.Connected) > i);
            }
            broker.Link.Break(reset: false);
            await Clients.UntilAsync(() => observed.Events.Count(static e => e.Kind is MqttEventKind.Disconnected or MqttEventKind.SessionTakenOver) > i);
        }

        Assert.Equal("closed-again", observed.Only(MqttEventKind.SessionTakenOver).Label);
        Assert.True(observed.Only(MqttEventKind.SessionTakenOver).RetryAfter >= TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Forgotten_session_is_reported_and_subscribed_to_anew()
    {
        Observed observed = new();
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V5) with { SessionExpiry = TimeSpan.FromHours(1) };
        await using MqttClient client = await broker.WelcomeAsync(options, observer: observed);
        Task<ReasonCode> subscribing = client.SubscribeAsync("a/+");
        await broker.ExpectAsync("82 09 0001 00 0003 'a/+' 01");
        await broker.SendAsync("90 04 0001 00 01");
        Assert.Equal(ReasonCode.GrantedQos1, await subscribing);
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V5, "20 03 00 00 00");
        await broker.ExpectAsync("82 09 0002 00 0003 'a/+' 01");

        Assert.Equal(1, client.Counters.SessionsLost);
        Assert.Contains("Session Present is 0", observed.Only(MqttEventKind.SessionLost).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kept_session_is_neither_reported_nor_subscribed_to_again()
    {
        Observed observed = new();
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V5) with { SessionExpiry = TimeSpan.FromHours(1) };
        await using MqttClient client = await broker.WelcomeAsync(options, observer: observed);
        Task<ReasonCode> subscribing = client.SubscribeAsync("a/+");
        await broker.ExpectAsync("82 09 0001 00 0003 'a/+' 01");
        await broker.SendAsync("90 04 0001 00 01");
        await subscribing;
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V5, "20 03 01 00 00");
        await broker.ExpectNothingAsync(MqttVersion.V5);

        Assert.False(observed.Has(MqttEventKind.SessionLost));
    }

    [Fact]
    public async Task Acknowledgement_of_a_forgotten_session_is_ignored()
    {
        ScriptedBroker broker = new();
        MqttOptions options = ScriptedBroker.Options(MqttVersion.V5) with { SessionExpiry = TimeSpan.FromHours(1) };
        await using MqttClient client = await broker.WelcomeAsync(options);
        await broker.SendAsync("32 07 0001 't' 0001 00 'x'");
        using ReceivedMessage message = await client.TakeAsync();
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V5, "20 03 00 00 00");
        await broker.ExpectNothingAsync(MqttVersion.V5);

        Assert.False(client.Acknowledge(message.Handle));
        await broker.ExpectNothingAsync(MqttVersion.V5);
    }

    private static bool AdvanceTo(FakeTime time)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return false;
    }
}
