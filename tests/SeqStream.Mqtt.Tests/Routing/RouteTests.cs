using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Routing;
using SeqStream.Mqtt.Tests.Brokers;
using SeqStream.Mqtt.Tests.Payloads;

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
    public async Task Message_that_is_not_acknowledged_after_a_commit_comes_again_to_the_next_process()
    {
        using Mosquitto broker = Mosquitto.Start();
        string uri = $"mqtt://127.0.0.1:{broker.Port}/s/{{stream}}?client=durable";
        using CancellationTokenSource stop = new();
        MqttFeed feed = MqttFeed.Create(uri, acknowledgesAtOnce: false);
        Task reading = Read(feed, stop.Token);
        await using MqttClient publisher = await broker.ConnectAsync();
        await UntilSubscribedAsync(publisher, "s/a");
        Frame first = await TakeAsync();
        await publisher.PublishAsync(Clients.Message("s/a", "[7,7]"));
        Frame second;
        do second = await TakeAsync();
        while (second.Payload!.Values(second.Payload.Segment(0))[0] != 7f);
        feed.Acknowledge(second.Position - 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Clients.Patience));

        using CancellationTokenSource again = new();
        Task rereading = Read(MqttFeed.Create(uri, acknowledgesAtOnce: false), again.Token);
        Frame repeated = await TakeAsync();
        await again.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rereading.WaitAsync(Clients.Patience));

        Assert.Equal(7f, repeated.Payload!.Values(repeated.Payload.Segment(0))[0]);
        Assert.Equal(1, first.Position);
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

    private async Task<Frame> TakeAsync() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(Clients.Patience);

    /// <summary>Publishes until somebody subscribes.</summary>
    private static async Task UntilSubscribedAsync(MqttClient publisher, string topic)
    {
        while ((await publisher.PublishAsync(Clients.Message(topic, "[0,0]")).WaitAsync(Clients.Patience)).Reason == ReasonCode.NoMatchingSubscribers) await Task.Delay(5);
    }
}
