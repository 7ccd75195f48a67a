using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Payloads;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// Frames from a broker's messages. A frame's position is the number of its message. Messages are acknowledged when <see cref="Acknowledge(long)"/> says that
/// everything up to a position is on stable storage, or, by default, as soon as their frames are in the channel. Read it once.
/// </summary>
public sealed class MqttFeed : IFrameFeed
{
    private readonly MqttOptions _options;
    private readonly ITransport _transport;
    private readonly TopicPattern _pattern;
    private readonly QualityOfService _quality;
    private readonly IPayloadDecoder _decoder;
    private MqttClient? _client;
    private MessageFrames? _frames;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it; never with credentials.</param>
    /// <param name="options">The client.</param>
    /// <param name="transport">How it reaches the broker.</param>
    /// <param name="pattern">Which topics, and how they name streams.</param>
    /// <param name="quality">Quality of service to subscribe with.</param>
    /// <param name="decoder">How payloads are read.</param>
    public MqttFeed(string source, MqttOptions options, ITransport transport, TopicPattern pattern, QualityOfService quality, IPayloadDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(options);
        Source = source;
        _options = options;
        _transport = transport;
        _pattern = pattern;
        _quality = quality;
        _decoder = decoder;
        Caveats = CaveatsOf(source, options, quality);
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Why this feed cannot promise that every message is applied; empty if it can. To be said at start.</summary>
    public IReadOnlyList<string> Caveats { get; }

    /// <summary>True (the default) to acknowledge as soon as frames are in the channel; false where <see cref="Acknowledge(long)"/> is called after a commit.</summary>
    public bool AcknowledgesAtOnce { get; init; } = true;

    /// <summary>What must outlive the process; null keeps it in memory.</summary>
    public ISessionStore? Store { get; init; }

    /// <summary>Told what happens to the client; may be null.</summary>
    public IMqttObserver? Observer { get; init; }

    /// <summary>The clock; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>What the client has done so far.</summary>
    public MqttCounters Counters => _client?.Counters ?? default;

    /// <summary>Records dropped because the producer's counter of their stream had been seen.</summary>
    public long Duplicates => _frames?.Duplicates ?? 0;

    /// <summary>Producer's counters that never came.</summary>
    public long Missing => _frames?.Missing ?? 0;

    /// <summary>Creates a feed from a URI: <c>mqtt://host:1883/sensors/{stream}/accel?qos=1&amp;client=seqstream-1&amp;format=json</c>.</summary>
    /// <param name="uri">Broker, topic pattern and options; see this room's README.</param>
    /// <param name="decoder">How payloads are read; null for the format that the URI names, JSON by default.</param>
    /// <param name="acknowledgesAtOnce">See <see cref="AcknowledgesAtOnce"/>.</param>
    /// <param name="store">See <see cref="Store"/>.</param>
    /// <param name="observer">See <see cref="Observer"/>.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttFeed Create(string uri, IPayloadDecoder? decoder = null, bool acknowledgesAtOnce = true, ISessionStore? store = null, IMqttObserver? observer = null)
    {
        MqttUri parsed = MqttUri.Parse(uri);
        QualityOfService quality = parsed.Quality(QualityOfService.AtLeastOnce);
        TopicPattern? pattern = parsed.Try(() => TopicPattern.Parse(parsed.Topic));
        string format = parsed.Text("format") ?? "json";
        string[] metrics = parsed.Text("metrics")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        IPayloadDecoder? chosen = decoder ?? parsed.Try(() => PayloadFormats.Create(format, metrics));
        MqttOptions options = parsed.ClientOptions() with { DropsWhenBehind = parsed.Choice("overflow", false, ("wait", false), ("drop-newest", true)) };
        ITransport transport = parsed.Transport();
        parsed.Complete();
        return new MqttFeed(parsed.ToString(), options, transport, pattern!, quality, chosen!) { AcknowledgesAtOnce = acknowledgesAtOnce, Store = store, Observer = observer };
    }

    /// <summary>Says that everything up to and including a frame's position is on stable storage. Any thread.</summary>
    public void Acknowledge(long position) => _client?.AcknowledgeThrough(position);

    /// <summary>Says that messages are on stable storage, in any order. Any thread.</summary>
    /// <param name="handles">See <see cref="MessageHandle.FromReceipt"/>.</param>
    public void Acknowledge(ReadOnlySpan<MessageHandle> handles) => _client?.Acknowledge(handles);

    /// <summary>What a durable store must keep of a message in the transaction that commits it; false for QoS 0 or if the broker does not wait for it.</summary>
    public bool TryMark(MessageHandle handle, out ReceivedMark mark)
    {
        mark = default;
        return _client?.TryMark(handle, out mark) ?? false;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        _frames = new MessageFrames(context);
        MqttClient client = new(_options, _transport, Store, Observer, Time);
        await using (client.ConfigureAwait(false))
        {
            _client = client;
            foreach (string caveat in Caveats) Observer?.Observe(new MqttEvent(MqttEventKind.Notice, "no-at-least-once", caveat));
            await client.ConnectAsync(cancellation).ConfigureAwait(false);
            ReasonCode granted = await client.SubscribeAsync(_pattern.Filter, _quality, cancellation).ConfigureAwait(false);
            if (granted.IsError()) throw new MqttConnectException($"{Source}: the broker refused the subscription to '{_pattern.Filter}': {granted.Describe()}") { Label = granted.Label() };
            try
            {
                await ReadMessagesAsync(client, context, cancellation).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is ChannelClosedException or OperationCanceledException)
            {
                // Nobody takes frames any more, or reading shall stop: what is not acknowledged comes again.
            }
            await client.DisconnectAsync().ConfigureAwait(false);
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task ReadMessagesAsync(MqttClient client, FeedContext context, CancellationToken cancellation)
    {
        while (await client.Messages.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            long last = 0;
            while (client.Messages.TryRead(out ReceivedMessage? message))
            {
                last = message.Handle.Sequence;
                Decode(message, context.Faults);
                message.Dispose();
                ValueTask sending = _frames!.SendAsync(cancellation);
                if (!sending.IsCompletedSuccessfully) await sending.ConfigureAwait(false);
            }
            if (AcknowledgesAtOnce) client.AcknowledgeThrough(last);
        }
        await client.Messages.Completion.ConfigureAwait(false);
    }

    [HotPath]
    private void Decode(ReceivedMessage message, IFaultReporter faults)
    {
        MessageFrames frames = _frames!;
        string? problem = frames.TryBegin(message.Handle.Sequence, message.Utf8Topic, _pattern)
            ? _decoder.Decode(message.Utf8Topic, message.Payload.Span, frames)
            : $"pattern '{_pattern}' does not select the topic, or the stream's name in it is longer than {StreamDirectory.MaxNameBytes} bytes.";
        if (problem is null) return;
        frames.Abandon();
        faults.Report(new RecordFault(Source, message.Handle.Sequence, $"topic '{message.Topic}': {problem}"));
    }

    private static List<string> CaveatsOf(string source, MqttOptions options, QualityOfService quality)
    {
        List<string> caveats = [];
        if (quality == QualityOfService.AtMostOnce) caveats.Add($"{source}: source qos 0 cannot give at-least-once: what is sent while the connection is down is lost. Use qos=1.");
        if (!options.IsPersistent) caveats.Add($"{source}: a clean session cannot give at-least-once: the broker forgets what was not delivered when the connection breaks. Name the session with client=NAME.");
        return caveats;
    }
}
