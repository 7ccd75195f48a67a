using System.Buffers.Binary;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Client;

/// <summary>The connection breaks at every byte of an exchange of 50 messages: nothing is lost, nothing is applied twice.</summary>
public sealed class BrokenConnectionTests
{
    private const int Messages = 50;

    public static TheoryData<MqttVersion, QualityOfService, bool> Cases() => new()
    {
        { MqttVersion.V5, QualityOfService.AtLeastOnce, false },
        { MqttVersion.V5, QualityOfService.AtLeastOnce, true },
        { MqttVersion.V5, QualityOfService.ExactlyOnce, false },
        { MqttVersion.V5, QualityOfService.ExactlyOnce, true },
        { MqttVersion.V311, QualityOfService.AtLeastOnce, true },
        { MqttVersion.V311, QualityOfService.ExactlyOnce, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Received_messages_are_applied_once_and_in_order(MqttVersion version, QualityOfService quality, bool reset)
        => await AtEveryByte(reset, link => ReceiveAsync(version, quality, link, restarts: false));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Received_messages_are_applied_once_by_a_process_that_restarts(MqttVersion version, QualityOfService quality, bool reset)
        => await AtEveryByte(reset, link => ReceiveAsync(version, quality, link, restarts: true));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Published_messages_arrive(MqttVersion version, QualityOfService quality, bool reset)
        => await AtEveryByte(reset, link => PublishAsync(version, quality, link));

    private static async Task AtEveryByte(bool reset, Func<Func<int, MemoryLink>, Task<MemoryLink>> run)
    {
        MemoryLink whole = await run(static _ => new MemoryLink());
        Assert.True(whole.BytesUp > Messages && whole.BytesDown > Messages);
        for (long at = 0; at < whole.BytesUp; at++)
        {
            long up = at;
            await run(index => index == 0 ? new MemoryLink { BreakAfterUp = up, Resets = reset } : new MemoryLink());
        }
        for (long at = 0; at < whole.BytesDown; at++)
        {
            long down = at;
            await run(index => index == 0 ? new MemoryLink { BreakAfterDown = down, Resets = reset } : new MemoryLink());
        }
    }

    private static async Task<MemoryLink> ReceiveAsync(MqttVersion version, QualityOfService quality, Func<int, MemoryLink> create, bool restarts)
    {
        SessionBroker broker = new(version == MqttVersion.V5, (int)quality, Messages);
        MemoryLink? first = null;
        MemoryTransport transport = new(index => Remember(ref first, create(index)), broker.Serve);
        InMemorySessionStore store = new();
        List<int> applied = [];
        MqttClient client = await OpenAsync(version, transport, store);
        using CancellationTokenSource limit = new(Clients.Patience);
        int links = transport.Count;
        while (!broker.IsDone)
        {
            if (restarts && transport.Count > links)
            {
                await client.DisposeAsync();
                client = await OpenAsync(version, transport, store);
                links = transport.Count;
            }
            if (!client.Messages.TryRead(out ReceivedMessage? message))
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
                continue;
            }
            applied.Add(BinaryPrimitives.ReadUInt16BigEndian(message.Payload.Span));
            MessageHandle handle = message.Handle;
            message.Dispose();
            if (applied.Count % 7 == 0 || applied.Count > Messages - 7 || restarts) client.AcknowledgeThrough(handle.Sequence);
        }
        await client.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, Messages), applied);
        return first!;
    }

    private static async Task<MemoryLink> PublishAsync(MqttVersion version, QualityOfService quality, Func<int, MemoryLink> create)
    {
        SessionBroker broker = new(version == MqttVersion.V5, (int)quality, toSend: 0);
        MemoryLink? first = null;
        MemoryTransport transport = new(index => Remember(ref first, create(index)), broker.Serve);
        await using (MqttClient client = await OpenAsync(version, transport, new InMemorySessionStore()))
        {
            Task<PublishOutcome>[] outcomes = new Task<PublishOutcome>[Messages];
            for (int i = 0; i < Messages; i++)
            {
                byte[] payload = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)i);
                outcomes[i] = client.PublishAsync(new PublishMessage { Topic = "t", Payload = payload, Quality = quality });
            }
            foreach (PublishOutcome outcome in await Task.WhenAll(outcomes).WaitAsync(Clients.Patience)) Assert.Equal(PublishStatus.Delivered, outcome.Status);
        }
        IEnumerable<int> arrived = quality == QualityOfService.ExactlyOnce ? broker.Published : broker.Published.Distinct();
        Assert.Equal(Enumerable.Range(0, Messages), arrived);
        return first!;
    }

    private static async Task<MqttClient> OpenAsync(MqttVersion version, MemoryTransport transport, ISessionStore store)
    {
        MqttOptions options = new()
        {
            Version = version,
            ClientId = "n3",
            SessionExpiry = TimeSpan.FromHours(1),
            RetryFirstConnect = true,
            KeepAlive = TimeSpan.Zero,
            OutboundAliases = 0,
            Backoff = new BackoffOptions { First = TimeSpan.Zero, Longest = TimeSpan.Zero, MaxAttemptsPerMinute = 1000 },
        };
        MqttClient client = new(options, transport, store);
        await client.ConnectAsync().WaitAsync(Clients.Patience);
        return client;
    }

    private static MemoryLink Remember(ref MemoryLink? first, MemoryLink link)
    {
        first ??= link;
        return link;
    }
}
