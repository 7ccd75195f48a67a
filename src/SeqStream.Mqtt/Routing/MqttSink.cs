using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// Publishes emissions as JSON. An emission's identity is <c>ROUTE/STREAM/STEP</c>; one that is sent again has the same identity and the same bytes. The end of a
/// sequence publishes nothing. Waits where the broker is behind, or drops as the client's options say. Use it for one route.
/// </summary>
public sealed class MqttSink : IEmissionSink
{
    private const string EventType = "seqstream.emission";
    private readonly MqttOptions _client;
    private readonly MqttSinkOptions _options;
    private readonly ITransport _transport;
    private readonly HomeAssistantDiscovery? _discovery;
    private MqttClient? _running;

    /// <summary>Creates the sink.</summary>
    /// <param name="client">The client; its will and greeting are set here if the options name a node.</param>
    /// <param name="transport">How it reaches the broker.</param>
    /// <param name="options">How emissions are published.</param>
    public MqttSink(MqttOptions client, ITransport transport, MqttSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _transport = transport;
        _client = options.StatusTopic is { } status
            ? client with { Will = new WillMessage { Topic = status, Payload = "offline"u8.ToArray(), IsRetained = true }, Greeting = Status(status, "online") }
            : client;
        if (options.DiscoveryPrefix is not null) _discovery = new HomeAssistantDiscovery(options, options.DiscoveryPrefix, IsStructured);
    }

    /// <summary>Told what happens to the client; may be null.</summary>
    public IMqttObserver? Observer { get; init; }

    /// <summary>True if emissions are dropped where the broker is behind.</summary>
    public bool DropsMessages => _client.OutboxOverflow != MqttOverflow.Wait;

    /// <summary>The clock; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>What the client has done so far.</summary>
    public MqttCounters Counters => _running?.Counters ?? default;

    private bool IsStructured => _options.Envelope == SinkEnvelope.CloudEvents && _client.Version == MqttVersion.V311;

    /// <summary>Creates a sink from a URI: <c>mqtt://host:1883/activity/{stream}?qos=1&amp;node=edge-1&amp;envelope=cloudevents</c>.</summary>
    /// <param name="uri">Broker, topic template and options; see this room's README.</param>
    /// <param name="route">Name of the route, the first part of every emission's identity.</param>
    /// <param name="observer">See <see cref="Observer"/>.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttSink Create(string uri, string route = "seqstream", IMqttObserver? observer = null) => Create(MqttUri.Parse(uri), route, observer);

    /// <summary>Creates a sink from a URI: <c>mqtt://host:1883/activity/{stream}?qos=1&amp;node=edge-1&amp;envelope=cloudevents</c>.</summary>
    /// <param name="uri">Broker, topic template and options; see this room's README.</param>
    /// <param name="route">Name of the route, the first part of every emission's identity.</param>
    /// <param name="observer">See <see cref="Observer"/>.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttSink Create(MqttUri uri, string route, IMqttObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        TopicTemplate? template = uri.Try(() => TopicTemplate.Parse(uri.Topic));
        string? node = uri.Text("node");
        if (node is not null && uri.Try(() => TopicTemplate.Parse(node)) is not null && node.Contains('/', StringComparison.Ordinal)) uri.Refuse("node holds a slash; it is one level of a topic");
        string? discovery = uri.Text("discovery");
        MqttSinkOptions options = new()
        {
            Topic = template ?? TopicTemplate.Parse("unused"),
            Quality = uri.Quality(QualityOfService.AtLeastOnce),
            IsRetained = uri.Flag("retain", false),
            Node = node,
            Route = route,
            Envelope = uri.Choice("envelope", SinkEnvelope.None, ("none", SinkEnvelope.None), ("cloudevents", SinkEnvelope.CloudEvents)),
            DiscoveryPrefix = discovery is null or "off" ? null : discovery.Length == 0 ? "homeassistant" : discovery,
        };
        MqttOptions client = uri.ClientOptions() with
        {
            OutboxOverflow = uri.Choice("overflow", MqttOverflow.Wait, ("wait", MqttOverflow.Wait), ("drop-oldest", MqttOverflow.DropOldest), ("drop-newest", MqttOverflow.DropNewest)),
            OutboxCapacity = uri.Whole("outbox", 1, 10_000_000, 10_000),
        };
        if (client.Will is not null && node is not null) uri.Refuse("will and node exclude each other: with node, the will says 'offline' on seqstream/NODE/status");
        ITransport transport = uri.Transport();
        uri.Complete();
        return new MqttSink(client, transport, options) { Observer = observer };
    }

    /// <inheritdoc/>
    public async Task WriteAsync(SinkContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        MqttClient client = new(_client, _transport, store: null, Observer, Time);
        await using (client.ConfigureAwait(false))
        {
            _running = client;
            await client.ConnectAsync(cancellation).ConfigureAwait(false);
            if (_discovery is not null) await client.SubscribeAsync(_discovery.StatusTopic, QualityOfService.AtMostOnce, cancellation).ConfigureAwait(false);
            await PublishAllAsync(client, context, cancellation).ConfigureAwait(false);
            if (_options.StatusTopic is { } status) await client.EnqueueAsync(Status(status, "offline"), cancellation).ConfigureAwait(false);
            await client.DisconnectAsync(_options.Patience).ConfigureAwait(false);
        }
    }

    private async Task PublishAllAsync(MqttClient client, SinkContext context, CancellationToken cancellation)
    {
        using EmissionJson json = new();
        while (await context.Emissions.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (context.Emissions.TryRead(out Emission? emission))
            {
                if (emission.Kind == EmissionKind.Barrier) client.NotifyWhenSettled(emission.Barrier!.Reached);
                else if (emission.Kind != EmissionKind.End) await PublishAsync(client, emission, context.Streams, json, cancellation).ConfigureAwait(false);
                context.Pool.Return(emission);
            }
        }
    }

    private async ValueTask PublishAsync(MqttClient client, Emission emission, StreamDirectory streams, EmissionJson json, CancellationToken cancellation)
    {
        PublishMessage message = MessageOf(emission, streams.Utf8Name(emission.Stream), json);
        if (_discovery is not null && (_discovery.TryAdd(emission, streams.Name(emission.Stream), message.Topic) | WasAsked(client)))
            await client.EnqueueAsync(_discovery.Announce(), cancellation).ConfigureAwait(false);
        await client.EnqueueAsync(message, cancellation).ConfigureAwait(false);
    }

    private PublishMessage MessageOf(Emission emission, ReadOnlySpan<byte> stream, EmissionJson json)
    {
        string topic = _options.Topic.TopicOf(stream);
        if (_options.Envelope == SinkEnvelope.None)
            return new PublishMessage { Topic = topic, Quality = _options.Quality, IsRetained = _options.IsRetained, Payload = json.Write(emission, stream) };
        string id = string.Create(CultureInfo.InvariantCulture, $"{_options.Route}/{Encoding.UTF8.GetString(stream)}/{emission.Step}");
        string source = "/seqstream/" + _options.Route;
        if (IsStructured) return new PublishMessage { Topic = topic, Quality = _options.Quality, IsRetained = _options.IsRetained, Payload = json.WriteStructured(emission, stream, id, source, EventType) };
        return new PublishMessage
        {
            Topic = topic,
            Quality = _options.Quality,
            IsRetained = _options.IsRetained,
            ContentType = "application/json",
            IsText = true,
            UserProperties = [new UserProperty("specversion", "1.0"), new UserProperty("id", id), new UserProperty("source", source), new UserProperty("type", EventType)],
            Payload = json.Write(emission, stream),
        };
    }

    /// <summary>True if Home Assistant has started since the last call.</summary>
    private static bool WasAsked(MqttClient client)
    {
        bool wasAsked = false;
        while (client.Messages.TryRead(out ReceivedMessage? message))
        {
            wasAsked |= message.Payload.Span.SequenceEqual("online"u8);
            message.Dispose();
        }
        return wasAsked;
    }

    private static PublishMessage Status(string topic, string status) => new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(status), IsRetained = true };
}
