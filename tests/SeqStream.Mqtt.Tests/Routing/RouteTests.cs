using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Routing;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.Mqtt.Tests.Payloads;
using SeqStream.TestSupport;

namespace SeqStream.Mqtt.Tests.Routing;

/// <summary>Feeds and sinks beside a real broker.</summary>
public sealed class RouteTests : IFaultReporter
{
    private readonly List<RecordFault> _faults = [];
    private readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(1000);
    private readonly StreamDirectory _streams = new();

    void IFaultReporter.Report(in RecordFault fault)
    {
        lock (_faults) _faults.Add(fault);
    }

    [Fact]
    public async Task Feed_gives_frames_and_a_bad_message_leaves_no_trace()
    {
        using Mosquitto broker = Mosquitto.Start();
        using CancellationTokenSource stop = new();
        Task reading = Read(MqttFeed.Create($"mqtt://127.0.0.1:{broker.Port}/sensors/{{stream}}/rss?client=feed"), stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "sensors/a/rss");
        foreach (string record in (string[])["[1,2]", "{\"x\":[3,\"no\"]}", "{\"seq\":5,\"x\":[3,4]}", "{\"seq\":5,\"x\":[3,4]}"]) await publisher.PublishAsync(Clients.Message("sensors/b/rss", record));
        List<string> found = [];
        while (found.Count < 2)
        {
            Frame frame = await _frames.Reader.ReadAsync().AsTask().WaitAsync(Clients.Patience);
            if (_streams.Name(frame.Stream) == "b") found.Add(string.Join(',', frame.Payload!.Values(frame.Payload.Segment(0)).ToArray()));
        }
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Clients.Patience));

        Assert.Equal(["1,2", "3,4"], found);
        Assert.Equal("topic 'sensors/b/rss': 'x', number 2: found the text 'no', expected a number.", Assert.Single(_faults).Problem);
    }

    [Fact]
    public async Task Message_whose_receipt_did_not_come_back_comes_again_to_the_next_process()
    {
        using Mosquitto broker = Mosquitto.Start();
        string uri = $"mqtt://127.0.0.1:{broker.Port}/s/{{stream}}?client=durable";
        using CancellationTokenSource stop = new();
        MqttFeed feed = MqttFeed.Create(uri);
        Task reading = Read(feed, stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "s/a");
        feed.Acknowledge([(await TakeAsync()).Receipt]);
        await publisher.PublishAsync(Clients.Message("s/a", "[7,7]"));
        await publisher.PublishAsync(Clients.Message("s/a", "[8,8]"));
        Frame seven = await TakeAsync(7);
        Frame eight = await TakeAsync(8);
        feed.Acknowledge([eight.Receipt]);
        await StopAsync(stop, reading);

        using CancellationTokenSource again = new();
        MqttFeed next = MqttFeed.Create(uri);
        Task rereading = Read(next, again.Token);
        Frame repeated = await TakeAsync();
        Frame other = await TakeAsync();
        next.Acknowledge([other.Receipt, repeated.Receipt]);
        await StopAsync(again, rereading);

        Assert.Equal((7f, 8f), (Value(repeated), Value(other)));
        Assert.NotEqual(0, seven.Receipt);
    }

    [Fact]
    public async Task Message_that_was_stored_is_recognised_by_the_next_process()
    {
        using Mosquitto broker = Mosquitto.Start();
        string uri = $"mqtt://127.0.0.1:{broker.Port}/s/{{stream}}?client=durable";
        using CancellationTokenSource stop = new();
        MqttFeed feed = MqttFeed.Create(uri);
        Task reading = Read(feed, stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "s/a");
        feed.Acknowledge([(await TakeAsync()).Receipt]);
        await publisher.PublishAsync(Clients.Message("s/a", "[7,7]"));
        await publisher.PublishAsync(Clients.Message("s/a", "[8,8]"));
        Dictionary<string, byte[]> store = [];
        Store(store, feed, (await TakeAsync(7)).Receipt);
        await TakeAsync(8);
        await StopAsync(stop, reading);

        using CancellationTokenSource again = new();
        MqttFeed next = MqttFeed.Create(uri);
        next.Restore(store);
        Task rereading = Read(next, again.Token);
        Frame first = await TakeAsync();
        Store(store, next, first.Receipt);
        next.Acknowledge([first.Receipt]);
        await StopAsync(again, rereading);

        Assert.Equal(8f, Value(first));
        Assert.Equal(1, next.Counters.Repeated);
    }

    [Fact]
    public async Task Marks_of_a_session_that_is_lost_are_removed_from_the_store()
    {
        using Mosquitto broker = Mosquitto.Start();
        string uri = $"mqtt://127.0.0.1:{broker.Port}/s/{{stream}}?client=durable";
        Dictionary<string, byte[]> store = new() { ["mqtt/7"] = [1, 1, .. new byte[16]], ["other"] = [] };
        using CancellationTokenSource stop = new();
        MqttFeed feed = MqttFeed.Create(uri);
        feed.Restore(store);
        Task reading = Read(feed, stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "s/a");
        feed.Acknowledge([(await TakeAsync()).Receipt]);
        Store(store, feed);
        await StopAsync(stop, reading);

        Assert.Equal(["other"], store.Keys);
    }

    [Fact]
    public void Stored_mark_of_another_version_is_refused_by_name()
    {
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => MqttFeed.Create("mqtt://h/t").Restore([new("mqtt/7", [2, 1, .. new byte[16]])]));

        Assert.StartsWith("The stored item 'mqtt/7' has 18 bytes of format 2, expected 18 of format 1.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipt_goes_with_the_last_row_of_a_message_and_a_bad_message_is_acknowledged_at_once()
    {
        using Mosquitto broker = Mosquitto.Start();
        using CancellationTokenSource stop = new();
        MqttFeed feed = MqttFeed.Create($"mqtt://127.0.0.1:{broker.Port}/s/{{stream}}?client=rows&payload=csv");
        Task reading = Read(feed, stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "s/a", "0,0");
        feed.Acknowledge([(await TakeAsync()).Receipt]);
        await publisher.PublishAsync(Clients.Message("s/a", "no"));
        await publisher.PublishAsync(Clients.Message("s/a", "1,1\n2,2\n3,3"));
        Frame one = await TakeAsync(1), two = await TakeAsync(2), three = await TakeAsync(3);
        await Clients.UntilAsync(() => feed.Counters.Unacknowledged == 1);
        feed.Acknowledge([three.Receipt]);
        await Clients.UntilAsync(() => feed.Counters.Unacknowledged == 0);
        await StopAsync(stop, reading);

        Assert.Equal((Frame.Unfinished, Frame.Unfinished), (one.Receipt, two.Receipt));
        Assert.True(three.Receipt > 0);
        Assert.True(feed.Completion.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task Sink_publishes_emissions_status_and_discovery(string version)
    {
        using Mosquitto broker = Mosquitto.Start();
        await using MqttClient listener = await broker.ConnectAsync();
        await listener.SubscribeAsync([new TopicSubscription("out/#"), new TopicSubscription("seqstream/#"), new TopicSubscription("ha/#")]);
        MqttSink sink = MqttSink.Create($"mqtt://127.0.0.1:{broker.Port}/out/{{stream}}?node=edge&discovery=ha&envelope=cloudevents&version={version}", "activity");
        Dictionary<string, List<string>> messages = [];
        string? id = null;
        await WriteAsync(sink, Emission(3, "walk", 0.5f), Emission(4, "run", 0.75f));
        await Clients.UntilAsync(() => Collect(listener, messages, ref id));

        Assert.Equal(["online", "offline"], messages["seqstream/edge/status"]);
        string content = "{\"stream\":\"a\",\"step\":3,\"label\":\"walk\",\"score\":0.5}";
        Assert.Equal(version == "5" ? content : "{\"specversion\":\"1.0\",\"id\":\"activity/a/3\",\"source\":\"/seqstream/activity\",\"type\":\"seqstream.emission\",\"datacontenttype\":\"application/json\",\"data\":" + content + "}", messages["out/a"][0]);
        if (version == "5") Assert.Equal("activity/a/4", id);
        using JsonDocument discovery = JsonDocument.Parse(Assert.Single(messages["ha/device/edge-activity/config"]));
        JsonProperty sensor = Assert.Single(discovery.RootElement.GetProperty("cmps").EnumerateObject());
        Assert.Equal("out/a", sensor.Value.GetProperty("state_topic").GetString());
        Assert.Equal("sensor", sensor.Value.GetProperty("p").GetString());
        Assert.Equal(sensor.Name, sensor.Value.GetProperty("unique_id").GetString());
        Assert.Equal(version == "5" ? "{{ value_json.label }}" : "{{ value_json.data.label }}", sensor.Value.GetProperty("value_template").GetString());
        Assert.Equal("seqstream/edge/status", discovery.RootElement.GetProperty("avty_t").GetString());
    }

    private static bool Collect(MqttClient listener, Dictionary<string, List<string>> messages, ref string? id)
    {
        while (listener.Messages.TryRead(out ReceivedMessage? message))
        {
            if (!messages.TryGetValue(message.Topic, out List<string>? texts)) messages[message.Topic] = texts = [];
            texts.Add(message.Text());
            id = message.UserProperties.FirstOrDefault(static user => user.Name == "id").Value ?? id;
            message.Acknowledge();
            message.Dispose();
        }
        return messages.TryGetValue("seqstream/edge/status", out List<string>? status) && status.Contains("offline");
    }

    private static Action<StreamDirectory, Emission> Emission(long step, string label, float score) => (streams, emission) =>
    {
        emission.Stream = streams.Intern("a");
        emission.Kind = EmissionKind.Label;
        emission.Step = step;
        emission.Label = label;
        emission.Score = score;
    };

    private async Task WriteAsync(MqttSink sink, params Action<StreamDirectory, Emission>[] emissions)
    {
        Channel<Emission> channel = Channel.CreateUnbounded<Emission>();
        EmissionPool pool = new();
        foreach (Action<StreamDirectory, Emission> fill in emissions)
        {
            Emission emission = pool.Rent();
            fill(_streams, emission);
            channel.Writer.TryWrite(emission);
        }
        channel.Writer.Complete();
        await sink.WriteAsync(new SinkContext(channel.Reader, _streams, pool), CancellationToken.None).WaitAsync(Clients.Patience);
    }

    private Task Read(MqttFeed feed, CancellationToken cancellation)
        => feed.ReadAsync(new FeedContext(_frames.Writer, _streams, new PayloadPool(), this, new Recorder().Signature), cancellation);

    private static void Store(Dictionary<string, byte[]> store, MqttFeed feed, params long[] receipts)
    {
        List<KeyValuePair<string, byte[]?>> items = [];
        feed.Describe(receipts, items);
        foreach ((string key, byte[]? value) in items)
        {
            if (value is null) store.Remove(key);
            else store[key] = value;
        }
    }

    private static float Value(Frame frame) => frame.Payload!.Values(frame.Payload.Segment(0))[0];

    private static async Task StopAsync(CancellationTokenSource stop, Task reading)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Clients.Patience));
    }

    /// <summary>The next frame that begins with a number.</summary>
    private async Task<Frame> TakeAsync(float value)
    {
        Frame frame;
        do frame = await TakeAsync();
        while (Value(frame) != value);
        return frame;
    }

    private async Task<Frame> TakeAsync() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(Clients.Patience);

    /// <summary>Publishes until somebody subscribes.</summary>
    private static async Task UntilSubscribedAsync(MqttClient publisher, string topic, string record = "[0,0]")
    {
        while ((await publisher.PublishAsync(Clients.Message(topic, record)).WaitAsync(Clients.Patience)).Reason == ReasonCode.NoMatchingSubscribers) await Task.Delay(5);
    }
}
