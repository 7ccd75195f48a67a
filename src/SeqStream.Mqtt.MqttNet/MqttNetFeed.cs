using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Payloads;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Mqtt.MqttNet;

/// <summary>
/// Frames from a broker's messages through MQTTnet. Messages are acknowledged when their receipts come back. Gives at-least-once: repetitions after a crash are not recognised, and MQTTnet
/// bounds neither what it queues nor the size of what it receives. Read it once.
/// </summary>
public sealed class MqttNetFeed : IReceiptFeed
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.5), s_longestPause = TimeSpan.FromSeconds(30);
    private readonly MqttClientOptions _options;
    private readonly TopicPattern _pattern;
    private readonly MqttQualityOfServiceLevel _quality;
    private readonly IPayloadDecoder _decoder;
    private readonly ConcurrentDictionary<long, MqttApplicationMessageReceivedEventArgs> _held = new();
    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _due = Channel.CreateUnbounded<MqttApplicationMessageReceivedEventArgs>(new UnboundedChannelOptions { SingleReader = true });
    private long _messages;

    /// <summary>Creates the feed.</summary>
    /// <param name="source">The source as people name it; never with credentials.</param>
    /// <param name="options">MQTTnet's client. Set a client identifier, a session expiry and a receive maximum.</param>
    /// <param name="pattern">Which topics, and how they name streams.</param>
    /// <param name="quality">Quality of service to subscribe with.</param>
    /// <param name="decoder">How payloads are read.</param>
    public MqttNetFeed(string source, MqttClientOptions options, TopicPattern pattern, MqttQualityOfServiceLevel quality, IPayloadDecoder decoder)
    {
        Source = source;
        _options = options;
        _pattern = pattern;
        _quality = quality;
        _decoder = decoder;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Does nothing: MQTTnet does not tell the identifiers of packets that it has handed over before.</summary>
    public void Restore(IEnumerable<KeyValuePair<string, byte[]>> items)
    {
    }

    /// <summary>Adds nothing, for the same reason.</summary>
    public void Describe(ReadOnlySpan<long> receipts, ICollection<KeyValuePair<string, byte[]?>> items)
    {
    }

    /// <inheritdoc/>
    public void Acknowledge(ReadOnlySpan<long> receipts)
    {
        foreach (long receipt in receipts)
        {
            if (_held.TryRemove(receipt, out MqttApplicationMessageReceivedEventArgs? message)) _due.Writer.TryWrite(message);
        }
    }

    /// <inheritdoc/>
    public async Task ReadAsync(FeedContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        MessageFrames frames = new(context, Source, _pattern, _decoder);
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        using SemaphoreSlim broken = new(0);
        client.DisconnectedAsync += _ =>
        {
            broken.Release();
            return Task.CompletedTask;
        };
        client.ApplicationMessageReceivedAsync += message => TakeAsync(message, frames, cancellation);
        Task acknowledging = AcknowledgeDueAsync(cancellation);
        try
        {
            await ConnectAsync(client, cancellation).ConfigureAwait(false);
            while (true)
            {
                await broken.WaitAsync(cancellation).ConfigureAwait(false);
                _held.Clear(); // all of it comes again
                await ReconnectAsync(client, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            await client.TryDisconnectAsync().ConfigureAwait(false);
            await acknowledging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(IMqttClient client, CancellationToken cancellation)
    {
        try
        {
            await client.ConnectAsync(_options, cancellation).ConfigureAwait(false);
            MqttClientSubscribeResult answer = await client.SubscribeAsync(_pattern.Filter, _quality, cancellation).ConfigureAwait(false);
            foreach (MqttClientSubscribeResultItem item in answer.Items)
            {
                if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) throw new MqttConnectException($"{Source}: the broker refused the subscription to '{_pattern.Filter}': {item.ResultCode}.");
            }
        }
        catch (MqttCommunicationException problem)
        {
            throw new MqttConnectException($"{Source}: the broker cannot be reached: {problem.Message}. Check address and port, and that the broker runs.", problem);
        }
    }

    /// <summary>Tries until it succeeds, with pauses that grow and are drawn by lot.</summary>
    private async Task ReconnectAsync(IMqttClient client, CancellationToken cancellation)
    {
        for (TimeSpan longest = s_firstPause; ; longest = longest * 2 < s_longestPause ? longest * 2 : s_longestPause)
        {
            await Task.Delay(longest * Random.Shared.NextDouble(), cancellation).ConfigureAwait(false);
            try
            {
                await ConnectAsync(client, cancellation).ConfigureAwait(false);
                return;
            }
            catch (MqttConnectException)
            {
                // The next attempt follows.
            }
        }
    }

    /// <summary>MQTTnet hands over one message after the other and waits for each.</summary>
    private async Task TakeAsync(MqttApplicationMessageReceivedEventArgs message, MessageFrames frames, CancellationToken cancellation)
    {
        message.AutoAcknowledge = false;
        long position = ++_messages;
        ReadOnlySequence<byte> payload = message.ApplicationMessage.Payload;
        frames.Read(position, Encoding.UTF8.GetBytes(message.ApplicationMessage.Topic), payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
        _held[position] = message;
        if (!await frames.SendAsync(position, cancellation).ConfigureAwait(false)) Acknowledge([position]);
    }

    private async Task AcknowledgeDueAsync(CancellationToken cancellation)
    {
        await foreach (MqttApplicationMessageReceivedEventArgs message in _due.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await message.AcknowledgeAsync(cancellation).ConfigureAwait(false);
            }
            catch (MqttCommunicationException)
            {
                // The connection has ended: the broker sends the message again.
            }
        }
    }
}
