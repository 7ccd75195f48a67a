using System.Globalization;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.Mqtt.Tests.Payloads;
using SeqStream.TestSupport;

namespace SeqStream.Mqtt.Tests.Routing;

/// <summary>What every feed beside a broker promises, whoever speaks MQTT for it.</summary>
public abstract class FeedContract
{
    private readonly FaultList _faults = new();
    private readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(10_000);
    private readonly StreamDirectory _streams = new();

    /// <summary>A feed of <c>in/{stream}</c> with a session named <c>contract</c> that lasts, QoS 1, payload JSON.</summary>
    private protected abstract IReceiptFeed Create(int port, int receiveMaximum);

    [Fact]
    public async Task Topics_name_streams_and_order_is_kept()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using Reading reading = await ReadAsync(broker);
        await PublishAsync(broker, Enumerable.Range(0, 200).Select(static i => ($"in/s{i % 3}", $"[{i},0]")));
        for (int i = 0; i < 200; i++)
        {
            Frame frame = await TakeAsync();
            Assert.Equal(($"s{i % 3}", (float)i), (_streams.Name(frame.Stream), Value(frame)));
            reading.Feed.Acknowledge([frame.Receipt]);
        }
    }

    [Fact]
    public async Task What_was_not_acknowledged_comes_again_and_the_rest_does_not()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using (Reading reading = await ReadAsync(broker))
        {
            await PublishAsync(broker, Enumerable.Range(0, 10).Select(static i => ("in/a", $"[{i},0]")));
            for (int i = 0; i < 10; i++)
            {
                Frame frame = await TakeAsync();
                if (i < 6) reading.Feed.Acknowledge([frame.Receipt]);
            }
            await Task.Delay(200);
        }
        await using Reading next = await ReadAsync(broker);
        for (int i = 6; i < 10; i++) Assert.Equal(i, Value(await TakeAsync()));
        await Task.Delay(100);
        Assert.False(_frames.Reader.TryRead(out _));
    }

    [Fact]
    public async Task No_more_is_out_than_the_window_allows()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using Reading reading = await ReadAsync(broker, receiveMaximum: 5);
        await PublishAsync(broker, Enumerable.Range(0, 20).Select(static i => ("in/a", $"[{i},0]")));
        for (int i = 0; i < 5; i++) await TakeAsync();
        await Task.Delay(200);
        Assert.False(_frames.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Bad_message_is_reported_and_takes_no_room_in_the_window()
    {
        using Mosquitto broker = Mosquitto.Start();
        await using Reading reading = await ReadAsync(broker, receiveMaximum: 2);
        await PublishAsync(broker, [.. Enumerable.Range(0, 20).Select(static i => ("in/a", $"[{i}")), ("in/a", "[7,7]")]);
        Assert.Equal(7, Value(await TakeAsync()));
        Assert.Equal(20, _faults.Count);
    }

    [Fact]
    public async Task Broker_that_comes_back_is_found_again()
    {
        using Mosquitto broker = Mosquitto.Start("allow_anonymous true\npersistence true\npersistence_location {folder}/");
        await using Reading reading = await ReadAsync(broker);
        broker.Restart();
        await PublishAsync(broker, [("in/a", "[1,0]")]);
        Frame frame = await TakeAsync();
        reading.Feed.Acknowledge([frame.Receipt]);
        Assert.Equal(1, Value(frame));
    }

    private static float Value(Frame frame) => frame.Payload!.Values(frame.Payload.Segment(0))[0];

    private static async Task PublishAsync(Mosquitto broker, IEnumerable<(string Topic, string Record)> messages)
    {
        await using MqttClient publisher = await broker.ConnectAsync();
        foreach ((string topic, string record) in messages) await publisher.EnqueueAsync(Clients.Message(topic, record, QualityOfService.AtLeastOnce));
        await publisher.DisconnectAsync(Clients.Patience);
    }

    private async Task<Frame> TakeAsync() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(40));

    private async Task<Reading> ReadAsync(Mosquitto broker, int receiveMaximum = 1000)
    {
        IReceiptFeed feed = Create(broker.Port, receiveMaximum);
        CancellationTokenSource stop = new();
        Task reading = feed.ReadAsync(new FeedContext(_frames.Writer, _streams, new PayloadPool(), _faults, new Recorder().Signature), stop.Token);
        await broker.UntilSubscribedAsync("contract");
        return new Reading(feed, reading, stop);
    }

    private sealed record Reading(IReceiptFeed Feed, Task Task, CancellationTokenSource Stop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WaitAsync(Clients.Patience));
            Stop.Dispose();
        }
    }

    private sealed class FaultList : IFaultReporter
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Report(in RecordFault fault)
        {
            Assert.Contains("not JSON", fault.Problem, StringComparison.Ordinal);
            Interlocked.Increment(ref _count);
        }
    }
}
