using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>Exchanges byte for byte. The list of cases is in README.md beside this project.</summary>
public sealed class ScriptTests
{
    private static MqttOptions V5 => ScriptedBroker.Options(MqttVersion.V5);

    private static MqttOptions V311 => ScriptedBroker.Options(MqttVersion.V311);

    public static TheoryData<string, MqttOptions, string> Hellos() => new()
    {
        { "3.1.1 clean", V311, "10 0d 0004 'MQTT' 04 02 003c 0001 'c'" },
        { "3.1.1 lasting", V311 with { SessionExpiry = TimeSpan.FromHours(1) }, "10 0d 0004 'MQTT' 04 00 003c 0001 'c'" },
        { "3.1.1 user and password", V311 with { Credentials = new MqttCredentials("u", "pw") }, "10 14 0004 'MQTT' 04 c2 003c 0001 'c' 0001 'u' 0002 'pw'" },
        { "3.1.1 user", V311 with { Credentials = new MqttCredentials("u", null) }, "10 10 0004 'MQTT' 04 82 003c 0001 'c' 0001 'u'" },
        { "3.1.1 empty user and password", V311 with { Credentials = new MqttCredentials("", null) }, "10 0f 0004 'MQTT' 04 82 003c 0001 'c' 0000" },
        { "3.1.1 will", V311 with { Will = new WillMessage { Topic = "w", Payload = "x"u8.ToArray(), IsRetained = true, Quality = QualityOfService.ExactlyOnce } }, "10 13 0004 'MQTT' 04 36 003c 0001 'c' 0001 'w' 0001 'x'" },
        { "5", V5, "10 16 0004 'MQTT' 05 02 003c 08 21 03e8 27 001e8480 0001 'c'" },
        { "5 lasting", V5 with { SessionExpiry = TimeSpan.FromSeconds(16) }, "10 1b 0004 'MQTT' 05 00 003c 0d 11 00000010 21 03e8 27 001e8480 0001 'c'" },
        { "5 lasting for ever", V5 with { SessionExpiry = TimeSpan.MaxValue }, "10 1b 0004 'MQTT' 05 00 003c 0d 11 ffffffff 21 03e8 27 001e8480 0001 'c'" },
        { "5 lasting, begun anew", V5 with { SessionExpiry = TimeSpan.FromSeconds(16), IsCleanStart = true }, "10 1b 0004 'MQTT' 05 02 003c 0d 11 00000010 21 03e8 27 001e8480 0001 'c'" },
        { "5 aliases", V5 with { InboundAliases = 16 }, "10 19 0004 'MQTT' 05 02 003c 0b 21 03e8 27 001e8480 22 0010 0001 'c'" },
        { "5 broker names the session", V5 with { ClientId = "" }, "10 15 0004 'MQTT' 05 02 003c 08 21 03e8 27 001e8480 0000" },
        { "5 receive maximum", V5 with { ReceiveMaximum = 1 }, "10 16 0004 'MQTT' 05 02 003c 08 21 0001 27 001e8480 0001 'c'" },
        { "5 will", V5 with { Will = new WillMessage { Topic = "w", Payload = "x"u8.ToArray(), Delay = TimeSpan.FromSeconds(2), Expiry = TimeSpan.FromSeconds(3), ContentType = "a", UserProperties = [new UserProperty("k", "v")] } },
            "10 32 0004 'MQTT' 05 0e 003c 08 21 03e8 27 001e8480 0001 'c' 15 18 00000002 02 00000003 03 0001 'a' 26 0001 'k' 0001 'v' 0001 'w' 0001 'x'" },
        { "5 user properties", V5 with { UserProperties = [new UserProperty("k", "v")] }, "10 1d 0004 'MQTT' 05 02 003c 0f 21 03e8 27 001e8480 26 0001 'k' 0001 'v' 0001 'c'" },
        { "keep-alive of 5 s", V311 with { KeepAlive = TimeSpan.FromSeconds(5) }, "10 0d 0004 'MQTT' 04 02 0005 0001 'c'" },
    };

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task Connect_is_written_as_the_options_say(string name, MqttOptions options, string bytes)
    {
        Assert.NotEmpty(name);
        ScriptedBroker broker = new();
        await using MqttClient client = new(options, broker.Transport);
        Task connecting = client.ConnectAsync();
        await broker.NextLinkAsync();
        await broker.ExpectAsync(bytes);
        await broker.SendAsync(options.Version == MqttVersion.V5 ? "20 03 00 00 00" : "20 02 00 00");
        await connecting.WaitAsync(Clients.Patience);
    }

    [Theory]
    [InlineData(MqttVersion.V5, "e0 00")]
    [InlineData(MqttVersion.V311, "e0 00")]
    public async Task Disconnect_is_said_and_the_connection_closed(MqttVersion version, string bytes)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(version));
        Task closing = client.DisconnectAsync();
        await broker.ExpectAsync(bytes);
        broker.Link.Broker.Dispose();
        await closing.WaitAsync(Clients.Patience);
    }

    [Fact]
    public async Task Subscription_of_the_older_version_has_qualities_only()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V311);
        Task<ReasonCode[]> answer = client.SubscribeAsync([new TopicSubscription("a", QualityOfService.AtMostOnce) { IsNoLocal = true }, new TopicSubscription("b", QualityOfService.ExactlyOnce)]);
        await broker.ExpectAsync("82 0a 0001 0001 'a' 00 0001 'b' 02");
        await broker.SendAsync("90 04 0001 00 80");

        Assert.Equal([ReasonCode.Success, ReasonCode.UnspecifiedError], await answer.WaitAsync(Clients.Patience));
    }

    [Fact]
    public async Task Subscription_carries_its_options_and_identifier()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        Task<ReasonCode[]> answer = client.SubscribeAsync([new TopicSubscription("a", QualityOfService.ExactlyOnce) { IsNoLocal = true, RetainAsPublished = true, Retained = RetainHandling.None, Identifier = 200 }]);
        await broker.ExpectAsync("82 0a 0001 03 0b c801 0001 'a' 2e");
        await broker.SendAsync("90 04 0001 00 02");
        Assert.Equal([ReasonCode.GrantedQos2], await answer.WaitAsync(Clients.Patience));
        await broker.SendAsync("30 09 0001 'a' 03 0b c801 'hi'");
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal([200], message.SubscriptionIds);
        Assert.Equal("hi", message.Text());
    }

    [Theory]
    [InlineData(MqttVersion.V5, "a2 06 0001 00 0001 'a'", "b0 04 0001 00 11", ReasonCode.NoSubscriptionExisted)]
    [InlineData(MqttVersion.V311, "a2 05 0001 0001 'a'", "b0 02 0001", ReasonCode.Success)]
    public async Task Unsubscribing_is_answered(MqttVersion version, string asked, string answered, ReasonCode reason)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(version));
        Task<ReasonCode[]> answer = client.UnsubscribeAsync(["a"]);
        await broker.ExpectAsync(asked);
        await broker.SendAsync(answered);

        Assert.Equal([reason], await answer.WaitAsync(Clients.Patience));
    }

    [Theory]
    [InlineData(MqttVersion.V5, "30 05 0001 't' 00 'x'")]
    [InlineData(MqttVersion.V311, "30 04 0001 't' 'x'")]
    public async Task Message_of_quality_0_is_sent_once(MqttVersion version, string bytes)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(version));
        Assert.Equal(PublishStatus.Delivered, (await client.PublishAsync(Clients.Message("t", "x", QualityOfService.AtMostOnce))).Status);
        await broker.ExpectAsync(bytes);
        await broker.ExpectNothingAsync(version);
    }

    [Fact]
    public async Task Message_of_quality_1_is_sent_again_with_DUP_after_a_break()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V311 with { SessionExpiry = TimeSpan.FromHours(1) });
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x"));
        await broker.ExpectAsync("32 06 0001 't' 0001 'x'");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311, "20 02 01 00");
        await broker.ExpectAsync("3a 06 0001 't' 0001 'x'");
        await broker.SendAsync("40 02 0001");

        Assert.Equal(PublishStatus.Delivered, (await outcome.WaitAsync(Clients.Patience)).Status);
    }

    [Fact]
    public async Task Message_goes_out_as_new_if_the_broker_has_forgotten_the_session()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V311);
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x"));
        await broker.ExpectAsync("32 06 0001 't' 0001 'x'");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311);
        await broker.ExpectAsync("32 06 0001 't' 0002 'x'");
        await broker.SendAsync("40 02 0002");

        Assert.Equal(PublishStatus.Delivered, (await outcome.WaitAsync(Clients.Patience)).Status);
    }

    [Fact]
    public async Task Message_of_quality_2_goes_on_where_the_break_left_it()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V311 with { SessionExpiry = TimeSpan.FromHours(1) });
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x", QualityOfService.ExactlyOnce));
        await broker.ExpectAsync("34 06 0001 't' 0001 'x'");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311, "20 02 01 00");
        await broker.ExpectAsync("3c 06 0001 't' 0001 'x'");
        await broker.SendAsync("50 02 0001");
        await broker.ExpectAsync("62 02 0001");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311, "20 02 01 00");
        await broker.ExpectAsync("62 02 0001");
        await broker.SendAsync("70 02 0001");

        Assert.Equal(PublishStatus.Delivered, (await outcome.WaitAsync(Clients.Patience)).Status);
    }

    [Theory]
    [InlineData("40 03 0001 97", QualityOfService.AtLeastOnce)]
    [InlineData("50 03 0001 97", QualityOfService.ExactlyOnce)]
    public async Task Refused_message_is_not_sent_again(string answer, QualityOfService quality)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        Task<PublishOutcome> outcome = client.PublishAsync(Clients.Message("t", "x", quality));
        await broker.ReadPacketAsync();
        await broker.SendAsync(answer);

        Assert.Equal(new PublishOutcome(PublishStatus.Refused, ReasonCode.QuotaExceeded), await outcome.WaitAsync(Clients.Patience));
        await broker.ExpectNothingAsync(MqttVersion.V5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_more_messages_are_unacknowledged_than_the_broker_allows(int maximum)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5, $"20 06 00 00 03 21 000{maximum}");
        for (int i = 1; i <= 4; i++) await client.EnqueueAsync(Clients.Message("t", "x"));
        for (int i = 1; i <= 4; i++)
        {
            if (i == 1)
            {
                for (int sent = 1; sent <= maximum; sent++) await broker.ExpectAsync($"32 07 0001 't' 000{sent} 00 'x'");
                await broker.ExpectNothingAsync(MqttVersion.V5);
            }
            await broker.SendAsync($"40 02 000{i}");
            if (i + maximum <= 4) await broker.ExpectAsync($"32 07 0001 't' 000{i + maximum} 00 'x'");
        }
        await broker.ExpectNothingAsync(MqttVersion.V5);
    }

    [Theory]
    [InlineData("40 02 0009")]
    [InlineData("70 02 0009")]
    public async Task Acknowledgement_nobody_waits_for_is_ignored(string packet)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await broker.SendAsync(packet);
        await broker.ExpectNothingAsync(MqttVersion.V5);
    }

    [Fact]
    public async Task Reception_of_an_unknown_message_is_answered_so_that_the_broker_can_forget_it()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await broker.SendAsync("50 02 0009");
        await broker.ExpectAsync("62 03 0009 92");
    }

    [Theory]
    [InlineData("50 02 0001", QualityOfService.AtLeastOnce)]
    [InlineData("40 02 0001", QualityOfService.ExactlyOnce)]
    public async Task Acknowledgement_of_the_wrong_kind_closes_the_connection(string packet, QualityOfService quality)
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await client.EnqueueAsync(Clients.Message("t", "x", quality));
        await broker.ReadPacketAsync();
        await broker.SendAsync(packet);
        await broker.ExpectAsync("e0 01 82");
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_arrival_and_only_when_asked()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await broker.SendAsync("32 06 0001 't' 0005 00 32 06 0001 't' 0003 00 34 06 0001 't' 0009 00");
        using ReceivedMessage first = await client.TakeAsync();
        using ReceivedMessage second = await client.TakeAsync();
        using ReceivedMessage third = await client.TakeAsync();
        third.Acknowledge();
        second.Acknowledge();
        await broker.ExpectNothingAsync(MqttVersion.V5);
        first.Acknowledge();
        await broker.ExpectAsync("40 02 0005 40 02 0003 50 02 0009");
        await broker.SendAsync("62 02 0009");
        await broker.ExpectAsync("70 02 0009");
    }

    [Fact]
    public async Task Repeated_message_of_quality_2_is_answered_and_not_delivered_until_it_is_released()
    {
        ScriptedBroker broker = new();
        MqttOptions options = V311 with { SessionExpiry = TimeSpan.FromHours(1) };
        await using MqttClient client = await broker.WelcomeAsync(options);
        await broker.SendAsync("34 05 0001 't' 0009");
        (await client.TakeAsync()).Acknowledge();
        await broker.ExpectAsync("50 02 0009");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311, "20 02 01 00");
        await broker.SendAsync("3c 05 0001 't' 0009");
        await broker.ExpectAsync("50 02 0009");
        await broker.SendAsync("62 02 0009");
        await broker.ExpectAsync("70 02 0009");
        await broker.SendAsync("34 05 0001 't' 0009");
        using ReceivedMessage next = await client.TakeAsync();

        Assert.Equal((2, 1), (next.Handle.Sequence >= 2 ? 2 : 0, client.Counters.Repeated));
    }

    [Fact]
    public async Task Identifier_that_is_used_again_is_a_new_message()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V311 with { SessionExpiry = TimeSpan.FromHours(1) });
        await broker.SendAsync("32 06 0001 't' 0001 'x'");
        (await client.TakeAsync()).Acknowledge();
        await broker.ExpectAsync("40 02 0001");
        await broker.SendAsync("32 06 0001 't' 0001 'x'");
        (await client.TakeAsync()).Acknowledge();
        await broker.ExpectAsync("40 02 0001");
        broker.Link.Break(reset: true);
        await broker.AcceptAsync(MqttVersion.V311, "20 02 01 00");
        await broker.SendAsync("3a 06 0001 't' 0001 'y'");
        using ReceivedMessage other = await client.TakeAsync();

        Assert.Equal("y", other.Text());
        Assert.Equal(0, client.Counters.Repeated);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Message_beyond_the_window_waits_unread_until_one_is_acknowledged(MqttVersion version)
    {
        ScriptedBroker broker = new();
        Observed observed = new();
        await using MqttClient client = await broker.WelcomeAsync(ScriptedBroker.Options(version) with { ReceiveMaximum = 2 }, observer: observed);
        string none = version == MqttVersion.V5 ? " 00" : "";
        string length = version == MqttVersion.V5 ? "06" : "05";
        for (int id = 1; id <= 4; id++) await broker.SendAsync($"32 {length} 0001 't' 000{id}{none}");
        using ReceivedMessage first = await client.TakeAsync();
        using ReceivedMessage second = await client.TakeAsync();
        await Clients.UntilAsync(() => version == MqttVersion.V311 || observed.Events.Any(static e => e.Label == "window-overrun"));
        await Task.Delay(20);
        Assert.False(client.Messages.TryRead(out _));
        Assert.Equal(2, client.Counters.Unacknowledged);
        first.Acknowledge();
        await broker.ExpectAsync("40 02 0001");
        using ReceivedMessage third = await client.TakeAsync();
        second.Acknowledge();
        third.Acknowledge();
        using ReceivedMessage fourth = await client.TakeAsync();
        fourth.Acknowledge();
        await broker.ExpectAsync("40 02 0002 40 02 0003 40 02 0004");

        Assert.Equal(version == MqttVersion.V5 ? 1 : 0, observed.Events.Count(static e => e.Label == "window-overrun"));
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task Repetition_needs_no_room_in_a_full_window()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { ReceiveMaximum = 1, SessionExpiry = TimeSpan.FromHours(1) });
        await broker.SendAsync("32 06 0001 't' 0001 00");
        using ReceivedMessage message = await client.TakeAsync();
        broker.Link.Break(reset: false);
        await broker.AcceptAsync(MqttVersion.V5, "20 03 01 00 00");
        await broker.SendAsync("3a 06 0001 't' 0001 00");
        await broker.ExpectNothingAsync(MqttVersion.V5);
        message.Acknowledge();
        await broker.ExpectAsync("40 02 0001");
        Assert.Equal(1, client.Counters.Repeated);
    }

    [Fact]
    public async Task Topic_alias_stands_for_its_topic_in_both_directions()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { InboundAliases = 2, OutboundAliases = 2 }, "20 06 00 00 03 22 0001");
        await broker.SendAsync("30 07 0001 't' 03 23 0002 30 06 0000 03 23 0002");
        using ReceivedMessage first = await client.TakeAsync();
        using ReceivedMessage second = await client.TakeAsync();
        Assert.Equal(("t", "t"), (first.Topic, second.Topic));
        for (int i = 0; i < 2; i++) await client.EnqueueAsync(Clients.Message("u", "x", QualityOfService.AtMostOnce));
        await client.EnqueueAsync(Clients.Message("v", "x", QualityOfService.AtMostOnce));
        await broker.ExpectAsync("30 08 0001 'u' 03 23 0001 'x' 30 07 0000 03 23 0001 'x' 30 05 0001 'v' 00 'x'");
    }

    [Fact]
    public async Task Message_beyond_the_limits_is_refused_with_a_reason_and_the_connection_stays()
    {
        Observed observed = new();
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { Limits = new PacketLimits { MaxTopicLevels = 2, MaxUserProperties = 1 } }, observer: observed);
        await broker.SendAsync("32 0a 0005 'a/b/c' 0001 00");
        await broker.ExpectAsync("40 03 0001 90");
        await broker.SendAsync("32 10 0001 't' 0002 0a 26 0000 0000 26 0000 0000");
        await broker.ExpectAsync("40 03 0002 97");

        Assert.Equal(2, client.Counters.RefusedReceived);
        Assert.Equal(0, client.Counters.Received);
    }

    [Fact]
    public async Task Request_carries_what_its_answer_needs()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5);
        await client.EnqueueAsync(Clients.Message("t", "x", QualityOfService.AtMostOnce) with { ResponseTopic = "r", CorrelationData = "id"u8.ToArray() });
        await broker.ExpectAsync("30 0e 0001 't' 09 08 0001 'r' 09 0002 'id' 'x'");
        await broker.SendAsync("30 0d 0001 't' 09 08 0001 'r' 09 0002 'id'");
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal("r", message.ResponseTopic);
        Assert.Equal("id"u8.ToArray(), message.CorrelationData.ToArray());
    }

    [Fact]
    public async Task Authentication_goes_on_until_the_broker_is_content()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = new(V5 with { Authenticator = new Echo() }, broker.Transport);
        Task connecting = client.ConnectAsync();
        await broker.NextLinkAsync();
        await broker.ExpectAsync("10 1f 0004 'MQTT' 05 02 003c 11 21 03e8 27 001e8480 15 0001 'm' 16 0002 'hi' 0001 'c'");
        await broker.SendAsync("f0 0a 18 08 15 0001 'm' 16 0001 'q'");
        await broker.ExpectAsync("f0 0a 18 08 15 0001 'm' 16 0001 'q'");
        await broker.SendAsync("20 03 00 00 00");
        await connecting.WaitAsync(Clients.Patience);
    }

    [Fact]
    public async Task Session_name_that_the_broker_gave_is_used_from_then_on()
    {
        ScriptedBroker broker = new();
        await using MqttClient client = await broker.WelcomeAsync(V5 with { ClientId = "" }, "20 07 00 00 04 12 0001 'z'");
        Assert.Equal("z", client.ClientId);
        broker.Link.Break(reset: true);
        await broker.NextLinkAsync();
        await broker.ExpectAsync("10 16 0004 'MQTT' 05 00 003c 08 21 03e8 27 001e8480 0001 'z'");
    }

    private sealed class Echo : IMqttAuthenticator
    {
        public string Method => "m";

        public byte[] Begin() => "hi"u8.ToArray();

        public byte[] Continue(ReadOnlySpan<byte> challenge) => challenge.ToArray();
    }
}
