using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.Mqtt.Tests.Connection;
using SeqStream.TestSupport;

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

    [Fact]
    public async Task Its_own_programs_understand_each_other_with_ours()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using MqttClient client = await broker.ConnectAsync();
        await client.SubscribeAsync("from/pub", QualityOfService.ExactlyOnce);
        broker.Command("mosquitto_pub", "-V", "5", "-q", "2", "-t", "from/pub", "-m", "hello", "-D", "publish", "user-property", "k", "v", "-D", "publish", "content-type", "text/plain");
        using ReceivedMessage message = await client.TakeAsync();
        Assert.Equal(("hello", "text/plain", new UserProperty("k", "v")), (message.Text(), message.ContentType, Assert.Single(message.UserProperties)));

        await client.PublishAsync(Clients.Message("to/sub", "kept", retained: true));
        using Process sub = broker.Open("mosquitto_sub", "-t", "to/sub", "-C", "1", "-W", "5");
        Assert.Equal("kept", await sub.StandardOutput.ReadLineAsync().WaitAsync(Clients.Patience));
    }

    [Fact]
    public async Task Retained_message_comes_with_the_subscription()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using MqttClient client = await broker.ConnectAsync();
        await client.PublishAsync(Clients.Message("r/1", "kept", retained: true));
        await client.SubscribeAsync("r/#");
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal(("kept", true), (message.Text(), message.IsRetained));
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Will_is_published_for_a_client_that_vanishes_and_not_for_one_that_says_goodbye(MqttVersion version)
    {
        using Mosquitto broker = Mosquitto.Start();
        await using MqttClient watcher = await broker.ConnectAsync();
        await watcher.SubscribeAsync("will/#");
        foreach (string name in (string[])["polite", "rude"])
        {
            WillMessage will = new() { Topic = $"will/{name}", Payload = "gone"u8.ToArray() };
            await using MqttClient client = await broker.ConnectAsync(new MqttOptions { Version = version, ClientId = name, Will = will });
            if (name == "polite") await client.DisconnectAsync();
        }
        using ReceivedMessage message = await watcher.TakeAsync();

        Assert.Equal(("will/rude", "gone"), (message.Topic, message.Text()));
    }

    [Fact]
    public async Task Session_that_expired_is_reported_as_lost()
    {
        using Mosquitto broker = Mosquitto.Start();
        Observed observed = new();
        InMemorySessionStore store = new();
        MqttOptions options = new() { ClientId = "expires", SessionExpiry = TimeSpan.FromSeconds(1) };
        await using (MqttClient client = await broker.ConnectAsync(options, store))
        {
            await client.SubscribeAsync("e/#");
            await client.PublishAsync(Clients.Message("e/1", "x"));
            (await client.TakeAsync()).Acknowledge();
            await client.DisconnectAsync();
        }
        await Task.Delay(2100);
        await using MqttClient again = await broker.ConnectAsync(options, store, observed);

        Assert.Equal("session-lost", observed.Only(MqttEventKind.SessionLost).Label);
    }

    [Fact]
    public async Task Broker_that_is_killed_and_comes_back_is_found_again_and_its_loss_reported()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/");
        Observed observed = new();
        MqttOptions options = new() { ClientId = "survivor", SessionExpiry = TimeSpan.FromHours(1), Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(50), MaxAttemptsPerMinute = 10_000 } };
        await using MqttClient client = await broker.ConnectAsync(options, observer: observed);
        await client.SubscribeAsync("k/#");
        broker.Kill();
        broker.Run();
        await Clients.UntilAsync(() => observed.Has(MqttEventKind.SessionLost) && client.IsConnected);
        await Clients.UntilAsync(() => client.PublishAsync(Clients.Message("k/1", "after")).GetAwaiter().GetResult().Reason == ReasonCode.Success);
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal("after", message.Text());
    }

    [Fact]
    public async Task Broker_that_stands_still_is_noticed_and_nothing_is_lost()
    {
        using Mosquitto broker = Mosquitto.Start();
        Observed observed = new();
        MqttOptions options = new() { ClientId = "patient", SessionExpiry = TimeSpan.FromHours(1), KeepAlive = TimeSpan.FromSeconds(1), Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(50), Longest = TimeSpan.FromMilliseconds(200), MaxAttemptsPerMinute = 10_000 } };
        await using MqttClient client = await broker.ConnectAsync(options, observer: observed);
        await client.SubscribeAsync("p/#");
        broker.Signal("STOP");
        await Clients.UntilAsync(() => observed.Events.Any(static e => e.Label == "half-open"));
        ValueTask published = client.EnqueueAsync(Clients.Message("p/1", "meanwhile"));
        broker.Signal("CONT");
        await published;
        using ReceivedMessage message = await client.TakeAsync();

        Assert.Equal("meanwhile", message.Text());
    }

    [Fact]
    public async Task Second_client_of_a_name_takes_the_session_over_once()
    {
        using Mosquitto broker = Mosquitto.Start();
        Observed first = new(), second = new();
        MqttOptions options = new() { ClientId = "twin", Backoff = new BackoffOptions { First = TimeSpan.Zero } };
        await using MqttClient one = await broker.ConnectAsync(options, observer: first);
        await using MqttClient two = await broker.ConnectAsync(options, observer: second);
        await Clients.UntilAsync(() => first.Has(MqttEventKind.SessionTakenOver));
        await Task.Delay(300);

        Assert.True(first.Only(MqttEventKind.SessionTakenOver).RetryAfter >= TimeSpan.FromMinutes(2));
        Assert.True(two.IsConnected);
        Assert.False(second.Has(MqttEventKind.SessionTakenOver));
    }

    [Theory]
    [InlineData(MqttVersion.V5, 1000, 1000)]
    [InlineData(MqttVersion.V5, 5, 5)]
    [InlineData(MqttVersion.V311, 1000, 20)]
    public async Task Window_of_unacknowledged_messages_is_as_large_as_agreed(MqttVersion version, int maximum, int expected)
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\nmax_queued_messages 0");
        Observed observed = new();
        await using MqttClient client = await broker.ConnectAsync(new MqttOptions { Version = version, ClientId = "window", ReceiveMaximum = maximum }, observer: observed);
        await client.SubscribeAsync("w/#");
        await using MqttClient publisher = await broker.ConnectAsync();
        for (int i = 0; i < 1100; i++) await publisher.EnqueueAsync(Clients.Message("w/1", "x"));
        List<ReceivedMessage> held = [];
        while (held.Count < expected) held.Add(await client.TakeAsync());
        await Clients.UntilAsync(() => publisher.Counters.Delivered == 1100);
        await Task.Delay(100);
        Assert.False(client.Messages.TryRead(out _));
        Assert.Equal(expected, client.Counters.Unacknowledged);
        client.AcknowledgeThrough(held[^1].Handle.Sequence);
        for (int i = expected; i < 1100; i++) (await client.TakeAsync()).Acknowledge();
        await Clients.UntilAsync(() => client.Counters.Unacknowledged == 0);

        Assert.Equal(version == MqttVersion.V311, observed.Events.Any(static e => e.Label == "no-receive-maximum" && e.Text.Contains("at most 20 messages in a second", StringComparison.Ordinal)));
        Assert.Equal((1100, 0), (client.Counters.Received, client.Counters.Repeated));
    }

    [Fact]
    public async Task Tls_with_an_authority_file_client_certificate_and_password_is_accepted()
    {
        using Mosquitto broker = Mosquitto.Start("cafile {folder}/ca.pem\ncertfile {folder}/server.pem\nkeyfile {folder}/server.key\nrequire_certificate true\n" + Guarded, Prepare);
        await AcceptAsync("mqtts", broker.Port, broker.Folder);
    }

    [Fact]
    public async Task WebSocket_with_tls_client_certificate_and_password_is_accepted()
    {
        using Mosquitto broker = Mosquitto.Start(Guarded, Prepare);
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(Path.Combine(broker.Folder, "server.pem"), Path.Combine(broker.Folder, "server.key"));
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        await using WebSocketGate gate = new(broker.Port, certificate);
        await AcceptAsync("wss", gate.Port, broker.Folder);

        Assert.All(gate.Requests, static request => Assert.Equal("/mqtt mqtt", request));
    }

    [Fact]
    public async Task Plain_WebSocket_carries_messages_both_ways()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using WebSocketGate gate = new(broker.Port);
        await using MqttClient client = new(new MqttOptions(), Mqtt.Routing.MqttUri.Parse($"ws://127.0.0.1:{gate.Port}/t?path=/broker").Transport());
        await client.ConnectAsync().WaitAsync(Clients.Patience);
        await client.SubscribeAsync("w/#", QualityOfService.ExactlyOnce);
        for (int i = 0; i < 100; i++) await client.EnqueueAsync(Clients.Message("w/1", $"{i}", quality: QualityOfService.ExactlyOnce));
        for (int i = 0; i < 100; i++)
        {
            using ReceivedMessage message = await client.TakeAsync();
            Assert.Equal($"{i}", message.Text());
            message.Acknowledge();
        }

        Assert.Equal("/broker mqtt", Assert.Single(gate.Requests));
    }

    private const string Guarded = "allow_anonymous false\npassword_file {folder}/passwords";

    private static void Prepare(string folder)
    {
        using X509Files files = new(folder);
        files.Write("server", "127.0.0.1");
        files.Write("client", "client");
        using Process passwords = Process.Start(Mosquitto.Find("mosquitto_passwd")!, ["-b", "-c", Path.Combine(folder, "passwords"), "user", "secret"]);
        passwords.WaitForExit();
        File.WriteAllText(Path.Combine(folder, "password"), "secret\n");
    }

    /// <summary>The right password is accepted, the wrong one refused without being told.</summary>
    private static async Task AcceptAsync(string scheme, int port, string folder)
    {
        string options = $"ca={folder}/ca.pem&cert={folder}/client.pem&key={folder}/client.key";
        Mqtt.Routing.MqttUri good = Mqtt.Routing.MqttUri.Parse($"{scheme}://127.0.0.1:{port}/t?user=user&password-file={folder}/password&{options}");
        await using MqttClient client = new(good.ClientOptions(), good.Transport());
        await client.ConnectAsync().WaitAsync(Clients.Patience);
        Assert.Equal(PublishStatus.Delivered, (await client.PublishAsync(Clients.Message("t", new string('x', 300_000)))).Status);

        Mqtt.Routing.MqttUri bad = Mqtt.Routing.MqttUri.Parse($"{scheme}://user:wrong@127.0.0.1:{port}/t?{options}");
        await using MqttClient refused = new(bad.ClientOptions(), bad.Transport());
        MqttConnectException refusal = await Assert.ThrowsAsync<MqttConnectException>(() => refused.ConnectAsync().WaitAsync(Clients.Patience));
        Assert.Equal("not-authorized", refusal.Label);
        Assert.DoesNotContain("wrong", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Session_and_queue_outlive_a_broker_that_stores_them(MqttVersion version)
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/");
        Observed observed = new();
        MqttOptions options = new() { Version = version, ClientId = "lasting", SessionExpiry = TimeSpan.FromHours(1), Backoff = Quick };
        await using MqttClient client = await broker.ConnectAsync(options, observer: observed);
        await client.SubscribeAsync("l/#", QualityOfService.ExactlyOnce);
        await using MqttClient publisher = await broker.ConnectAsync(new MqttOptions { Backoff = Quick });
        for (int i = 0; i < 20; i++) await publisher.PublishAsync(Clients.Message("l/1", $"{i}", i % 2 == 0 ? QualityOfService.AtLeastOnce : QualityOfService.ExactlyOnce));
        List<ReceivedMessage> held = [];
        while (held.Count < 20) held.Add(await client.TakeAsync());
        broker.Restart();
        await Clients.UntilAsync(() => client.Counters.Connections == 2);
        foreach (ReceivedMessage message in held) message.Acknowledge();
        await Clients.UntilAsync(() => client.Counters.Unacknowledged == 0);

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"{i}"), held.Select(static message => message.Text()));
        Assert.False(client.Messages.TryRead(out _));
        Assert.Equal((20, 20), (client.Counters.Received, client.Counters.Repeated));
        Assert.DoesNotContain(observed.Events, static e => e.Kind == MqttEventKind.SessionLost);
    }

    [Theory]
    [InlineData(MqttOverflow.DropOldest)]
    [InlineData(MqttOverflow.DropNewest)]
    public async Task While_the_broker_is_away_produced_is_delivered_and_dropped_and_order_is_kept(MqttOverflow overflow)
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/");
        await using MqttClient listener = await broker.ConnectAsync(new MqttOptions { ClientId = "listener", SessionExpiry = TimeSpan.FromHours(1), Backoff = Quick });
        await listener.SubscribeAsync("n/#");
        await using MqttClient publisher = await broker.ConnectAsync(new MqttOptions { OutboxCapacity = 50, OutboxOverflow = overflow, Backoff = Quick });
        for (int i = 0; i < 100; i++) await publisher.PublishAsync(Clients.Message("n/1", $"{i}"));
        broker.Signal("TERM");
        await Clients.UntilAsync(() => !publisher.IsConnected);
        for (int i = 100; i < 1000; i++) await publisher.EnqueueAsync(Clients.Message("n/1", $"{i}"));
        broker.Restart();
        await Clients.UntilAsync(() => publisher.Counters is var counters && counters.Delivered + counters.DroppedPublishes == counters.Produced);
        List<int> received = [];
        while (received.Count < publisher.Counters.Delivered)
        {
            using ReceivedMessage message = await listener.TakeAsync();
            received.Add(int.Parse(message.Text(), System.Globalization.CultureInfo.InvariantCulture));
            message.Acknowledge();
        }

        Assert.Equal(1000, publisher.Counters.Produced);
        Assert.Equal(150, publisher.Counters.Delivered);
        Assert.Equal([.. Enumerable.Range(0, 100), .. Enumerable.Range(overflow == MqttOverflow.DropOldest ? 950 : 100, 50)], received);
    }

    private static BackoffOptions Quick => new() { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(50), MaxAttemptsPerMinute = 10_000 };

    [Fact]
    public async Task Broker_that_goes_and_stays_away_is_told_as_such()
    {
        using Mosquitto broker = Mosquitto.Start();
        Observed observed = new();
        await using MqttClient client = await broker.ConnectAsync(new MqttOptions { Backoff = Quick }, observer: observed);
        broker.Kill();
        string gone = $"MQTT broker 127.0.0.1:{broker.Port} cannot be reached: Connection refused. Check address and port, and that the broker runs.";

        await Clients.UntilAsync(() => observed.Events.Any(e => e.Kind == MqttEventKind.ConnectFailed && e.Label == "network" && e.Text == gone));
    }

    [Fact]
    public async Task Broker_that_is_not_there_is_told_with_its_address()
    {
        int port = Mosquitto.FreePort();
        await using MqttClient client = new(new MqttOptions(), new TcpTransport("127.0.0.1", port));
        MqttConnectException refusal = await Assert.ThrowsAsync<MqttConnectException>(() => client.ConnectAsync());

        Assert.Equal(("network", $"MQTT broker 127.0.0.1:{port} cannot be reached: Connection refused. Check address and port, and that the broker runs."), (refusal.Label, refusal.Message));
    }
}
