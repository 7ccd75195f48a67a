using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Payloads;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// Frames from a broker's messages. A frame's position is the number of its message. A message is acknowledged when the receipt of its last frame comes back; a message that
/// gave no frame (it was refused, or its counter had been seen) at once. Read it once.
/// </summary>
public sealed class MqttFeed : IReceiptFeed
{
    private readonly MqttOptions _options;
    private readonly ITransport _transport;
    private readonly TopicPattern _pattern;
    private readonly QualityOfService _quality;
    private readonly IPayloadDecoder _decoder;
    private readonly StoredMarks _marks = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttClient? _client;
    private MessageFrames? _frames;
    private long _sent;       // receipts on their way
    private long _returned;   // receipts that came back

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

    /// <summary>True to acknowledge as soon as frames are in the channel, where nobody gives receipts back. Default false.</summary>
    public bool AcknowledgesAtOnce { get; init; }

    /// <summary>How long a feed that is told to stop waits for the next receipt before it says goodbye; what is not acknowledged then comes again. Default 2 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Messages that the broker sends at most before the first of them is acknowledged.</summary>
    public int Window => _options.ReceiveMaximum;

    /// <summary>True if messages are dropped where the route is behind.</summary>
    public bool DropsMessages => _options.DropsWhenBehind;

    /// <summary>Told what happens to the client; may be null.</summary>
    public IMqttObserver? Observer { get; init; }

    /// <summary>The clock; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>What the client has done so far.</summary>
    public MqttCounters Counters => _client?.Counters ?? default;

    /// <summary>Completes when reading has ended and the goodbye is said; faulted with what ended it early.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Creates a feed from a URI: <c>mqtt://host:1883/sensors/{stream}/accel?qos=1&amp;client=seqstream-1&amp;payload=json</c>.</summary>
    /// <param name="uri">Broker, topic pattern and options; see this room's README.</param>
    /// <param name="options">What the URI does not say.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttFeed Create(string uri, MqttFeedOptions? options = null) => Create(MqttUri.Parse(uri), options);

    /// <summary>Creates a feed from a URI: <c>mqtt://host:1883/sensors/{stream}/accel?qos=1&amp;client=seqstream-1&amp;payload=json</c>.</summary>
    /// <param name="uri">Broker, topic pattern and options; see this room's README.</param>
    /// <param name="options">What the URI does not say.</param>
    /// <exception cref="ArgumentException">The URI cannot be used; the message names every problem.</exception>
    public static MqttFeed Create(MqttUri uri, MqttFeedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        options ??= new MqttFeedOptions();
        QualityOfService quality = uri.Quality(QualityOfService.AtLeastOnce);
        TopicPattern? pattern = uri.Try(() => TopicPattern.Parse(uri.Topic));
        string format = uri.Text("payload") ?? options.Payload;
        string[] metrics = uri.Text("metrics")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        IPayloadDecoder? decoder = options.Decoder ?? uri.Try(() => PayloadFormats.Create(format, options.RowNumbers, metrics));
        MqttOptions client = uri.ClientOptions() with { DropsWhenBehind = uri.Choice("overflow", false, ("wait", false), ("drop-newest", true)) };
        ITransport transport = uri.Transport();
        uri.Complete();
        return new MqttFeed(uri.ToString(), client, transport, pattern!, quality, decoder!) { AcknowledgesAtOnce = options.AcknowledgesAtOnce, Observer = options.Observer };
    }

    /// <inheritdoc/>
    public void Restore(IEnumerable<KeyValuePair<string, byte[]>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach ((string key, byte[] value) in items) _marks.Restore(key, value);
    }

    /// <inheritdoc/>
    public void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        MqttClient? client = Volatile.Read(ref _client);
        foreach (long receipt in receipts)
        {
            if (client?.TryMark(MessageHandle.FromReceipt(receipt), out ReceivedMark mark) ?? false) _marks.Describe(in mark, items);
        }
        _marks.DescribeRemovals(items);
    }

    /// <inheritdoc/>
    [HotPath]
    public void Acknowledge(ReadOnlySpan<long> receipts)
    {
        const int most = 64;
        Span<MessageHandle> handles = stackalloc MessageHandle[most];
        int count = 0, returned = 0;
        foreach (long receipt in receipts)
        {
            if (receipt <= 0) continue;
            handles[count++] = MessageHandle.FromReceipt(receipt);
            returned++;
            if (count < most) continue;
            Volatile.Read(ref _client)?.Acknowledge(handles);
            count = 0;
        }
        if (count > 0) Volatile.Read(ref _client)?.Acknowledge(handles[..count]);
        Interlocked.Add(ref _returned, returned);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await ConnectAndReadAsync(context, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            _completion.TrySetException(problem);
            throw;
        }
        finally
        {
            _completion.TrySetResult();
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task ConnectAndReadAsync(FeedContext context, CancellationToken cancellation)
    {
        _frames = new MessageFrames(context, Source, _pattern, _decoder);
        MqttClient client = new(_options, _transport, _marks, Observer, Time);
        await using (client.ConfigureAwait(false))
        {
            Volatile.Write(ref _client, client);
            foreach (string caveat in Caveats) Observer?.Observe(new MqttEvent(MqttEventKind.Notice, "no-at-least-once", caveat));
            await client.ConnectAsync(cancellation).ConfigureAwait(false);
            using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task subscribing = SubscribeAsync(client, reading);
            try
            {
                // Messages of a session that goes on may come before the answer to the subscription, more of them than wait unread.
                await ReadMessagesAsync(client, reading.Token).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is ChannelClosedException or OperationCanceledException)
            {
                // Nobody takes frames any more, or reading shall stop: what is not acknowledged comes again.
            }
            finally
            {
                await reading.CancelAsync().ConfigureAwait(false);
                await subscribing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await WaitForReceiptsAsync().ConfigureAwait(false);
            await client.DisconnectAsync().ConfigureAwait(false);
            if (subscribing.IsFaulted) await subscribing.ConfigureAwait(false);
        }
    }

    /// <summary>Subscribes; ends the reading where the broker refuses.</summary>
    private async Task SubscribeAsync(MqttClient client, CancellationTokenSource reading)
    {
        try
        {
            ReasonCode granted = await client.SubscribeAsync(_pattern.Filter, _quality, reading.Token).ConfigureAwait(false);
            if (granted.IsError()) throw new MqttConnectException($"{Source}: the broker refused the subscription to '{_pattern.Filter}': {granted.Describe()}") { Label = granted.Label() };
        }
        catch
        {
            await reading.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ReadMessagesAsync(MqttClient client, CancellationToken cancellation)
    {
        while (await client.Messages.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (client.Messages.TryRead(out ReceivedMessage? message))
            {
                cancellation.ThrowIfCancellationRequested();
                MessageHandle handle = message.Handle;
                _frames!.Read(handle.Sequence, message.Utf8Topic, message.Payload.Span);
                message.Dispose();
                if (handle.NeedsAcknowledgement) _sent++;
                bool carries = await _frames!.SendAsync(handle.Receipt, cancellation).ConfigureAwait(false);
                if (handle.NeedsAcknowledgement && (AcknowledgesAtOnce || !carries)) Acknowledge([handle.Receipt]);
            }
        }
        await client.Messages.Completion.ConfigureAwait(false);
    }

    /// <summary>Lets what is still being stepped be acknowledged, as long as receipts keep coming back.</summary>
    private async Task WaitForReceiptsAsync()
    {
        TimeProvider time = Time ?? TimeProvider.System;
        long seen = -1, since = time.GetTimestamp();
        while (Interlocked.Read(ref _returned) is var returned && returned < _sent)
        {
            if (returned != seen) (seen, since) = (returned, time.GetTimestamp());
            else if (time.GetElapsedTime(since) >= Patience) return;
            await Task.Delay(TimeSpan.FromMilliseconds(5), time).ConfigureAwait(false);
        }
    }

    private static List<string> CaveatsOf(string source, MqttOptions options, QualityOfService quality)
    {
        List<string> caveats = [];
        if (quality == QualityOfService.AtMostOnce) caveats.Add($"{source}: source qos 0 cannot give at-least-once: what is sent while the connection is down is lost. Use qos=1.");
        if (!options.IsPersistent) caveats.Add($"{source}: a clean session cannot give at-least-once: the broker forgets what was not delivered when the connection breaks. Name the session with client=NAME.");
        return caveats;
    }
}
