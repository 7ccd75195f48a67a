using System.Globalization;
using System.Threading.Channels;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>The receiving direction: checks a message, recognises repetitions, hands it over within the limits, and writes acknowledgements when asked.</summary>
internal sealed class Inbox : IDisposable
{
    private readonly Wire _wire;
    private readonly MqttOptions _options;
    private readonly IMqttObserver? _observer;
    private readonly InboundLedger _ledger;
    private readonly InboundAliases _aliases;
    private readonly Channel<ReceivedMessage> _messages;
    private readonly Channel<ReceivedMessage> _pool;
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(1);
    private readonly CancellationTokenSource _closing = new();
    private bool _hasReportedOverrun;
    private long _heldBytes;
    private long _received, _repeated, _acknowledged, _refused, _dropped;

    public Inbox(Wire wire, MqttOptions options, ISessionStore store, IMqttObserver? observer)
    {
        _wire = wire;
        _options = options;
        _observer = observer;
        _ledger = new InboundLedger(store, Math.Max(options.ReceiveMaximum, 1000));
        _aliases = new InboundAliases(options.Version == MqttVersion.V5 ? options.InboundAliases : 0);
        _messages = Channel.CreateBounded<ReceivedMessage>(new BoundedChannelOptions(options.ReceiveMaximum) { SingleWriter = true });
        _pool = Channel.CreateBounded<ReceivedMessage>(options.ReceiveMaximum + 1);
    }

    public ChannelReader<ReceivedMessage> Messages => _messages.Reader;

    /// <summary>True while the receiver is behind and the connection is not read.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>A connection is accepted. Under the gate.</summary>
    /// <returns>True if the broker has forgotten a session of which something was known.</returns>
    public bool Open(bool sessionPresent)
    {
        bool isLost = !sessionPresent && _ledger.HasState;
        _ledger.BeginConnection(sessionPresent);
        _aliases.Reset();
        return isLost;
    }

    /// <summary>Takes a PUBLISH.</summary>
    [HotPath]
    public ValueTask ReceiveAsync(int flags, ReadOnlySpan<byte> body)
    {
        if (_closing.IsCancellationRequested) return ValueTask.CompletedTask;
        PublishView publish = PublishView.Decode(body, flags, _wire.Version, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.Publish);
        ReadOnlySpan<byte> topic = body[publish.Topic];
        if (!_aliases.TryResolve(publish.Alias, ref topic)) throw new ProtocolFaultException(PacketFault.BadAlias, PacketType.Publish);
        ReasonCode refusal = Refusal(in publish, topic);
        if (IsFull(in publish)) return WaitAndArriveAsync(publish, Copy(in publish, topic, body), refusal);
        if (!TryArrive(in publish, topic, body[publish.Payload], refusal, out MessageHandle handle)) return ValueTask.CompletedTask;
        ReceivedMessage message = Copy(in publish, topic, body);
        message.Handle = handle;
        return DeliverAsync(message);
    }

    /// <summary>Takes a PUBREL.</summary>
    public void Release(ReadOnlySpan<byte> body)
    {
        AckPacket packet = AckPacket.Decode(body, PacketType.PubRel, _wire.Version, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.PubRel);
        lock (_wire.Gate)
        {
            ReasonCode reason = _ledger.Release(packet.PacketId) ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
            AckPacket.Encode(_wire.Output, PacketType.PubComp, packet.PacketId, reason, _wire.Version);
        }
        _wire.Wake();
    }

    public bool Acknowledge(MessageHandle handle)
    {
        lock (_wire.Gate)
        {
            if (!_ledger.Acknowledge(handle, ReasonCode.Success)) return false;
            CountAcknowledged(1);
            if (!WriteDue()) return true;
        }
        _wire.Wake();
        return true;
    }

    public int Acknowledge(ReadOnlySpan<MessageHandle> handles)
    {
        int count = 0;
        lock (_wire.Gate)
        {
            foreach (MessageHandle handle in handles) count += _ledger.Acknowledge(handle, ReasonCode.Success) ? 1 : 0;
            CountAcknowledged(count);
            if (!WriteDue()) return count;
        }
        _wire.Wake();
        return count;
    }

    public int AcknowledgeThrough(long sequence)
    {
        int count;
        lock (_wire.Gate)
        {
            count = _ledger.AcknowledgeThrough(sequence);
            CountAcknowledged(count);
            if (!WriteDue()) return count;
        }
        _wire.Wake();
        return count;
    }

    public bool TryMark(MessageHandle handle, out ReceivedMark mark)
    {
        lock (_wire.Gate) return _ledger.TryMark(handle, out mark);
    }

    /// <summary>Takes a message's bytes back.</summary>
    public void TakeBack(ReceivedMessage message)
    {
        long held = Interlocked.Add(ref _heldBytes, -message.ByteCount);
        message.Clear();
        _pool.Writer.TryWrite(message);
        if (IsWaiting && held <= _options.MaxHeldBytes) _room.Writer.TryWrite(true);
    }

    /// <summary>Takes no more messages: the client says goodbye. What comes now is not acknowledged and so comes again.</summary>
    public void StopTaking() => _closing.Cancel();

    /// <summary>Nothing more will be handed over.</summary>
    public void Close(Exception? cause)
    {
        _closing.Cancel();
        _messages.Writer.TryComplete(cause);
    }

    public void Dispose() => _closing.Dispose();

    public MqttCounters AddTo(MqttCounters counters)
    {
        lock (_wire.Gate)
        {
            return counters with
            {
                Received = Volatile.Read(ref _received),
                Repeated = _repeated,
                Acknowledged = _acknowledged,
                RefusedReceived = _refused,
                DroppedReceived = Volatile.Read(ref _dropped),
                Unacknowledged = _ledger.Unacknowledged,
            };
        }
    }

    /// <summary>Our own limits: a message beyond them is refused, which leaves the connection as it is.</summary>
    private ReasonCode Refusal(in PublishView publish, ReadOnlySpan<byte> topic)
    {
        PacketLimits limits = _options.Limits;
        if (topic.Length > limits.MaxTopicBytes || Topics.LevelsOf(topic) > limits.MaxTopicLevels) return ReasonCode.TopicNameInvalid;
        return publish.UserProperties > limits.MaxUserProperties ? ReasonCode.QuotaExceeded : ReasonCode.Success;
    }

    private bool TryArrive(in PublishView publish, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, ReasonCode refusal, out MessageHandle handle)
    {
        bool isNew = true;
        lock (_wire.Gate)
        {
            if (publish.Quality == QualityOfService.AtMostOnce) handle = _ledger.Pass();
            else isNew = TryArrive(in publish, ContentHash.Of(topic, payload), refusal, out handle);
        }
        if (!isNew) _wire.Wake();
        if (refusal == ReasonCode.Success) return isNew;
        Interlocked.Increment(ref _refused);
        Report(refusal, topic.Length);
        return false;
    }

    /// <summary>Under the gate.</summary>
    private bool TryArrive(in PublishView publish, ulong contentHash, ReasonCode refusal, out MessageHandle handle)
    {
        bool isNew = _ledger.TryArrive(in publish, contentHash, out handle, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.Publish, string.Create(CultureInfo.InvariantCulture, $"packet identifier {publish.PacketId}"));
        if (!isNew) _repeated++;
        else if (refusal != ReasonCode.Success) _ledger.Acknowledge(handle, refusal);
        if (isNew && refusal == ReasonCode.Success) return true;
        WriteDue();
        return false;
    }

    private bool WriteDue() => _wire.IsOpen && _ledger.WriteDue(_wire.Output, _wire.Version) > 0;

    private ReceivedMessage Copy(in PublishView publish, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> body)
    {
        ReceivedMessage message = _pool.Reader.TryRead(out ReceivedMessage? pooled) ? pooled : new ReceivedMessage(this);
        message.Fill(in publish, topic, body);
        return message;
    }

    /// <summary>Under the gate.</summary>
    private void CountAcknowledged(int count)
    {
        _acknowledged += count;
        if (IsWaiting) _room.Writer.TryWrite(true);
    }

    private bool IsFull(in PublishView publish)
    {
        if (publish.Quality == QualityOfService.AtMostOnce) return false;
        lock (_wire.Gate) return _ledger.IsFull(publish.PacketId, _options.ReceiveMaximum);
    }

    /// <summary>The broker sends more than was agreed (as some do when messages were queued), or could not be told: nothing more is read until the receiver has acknowledged something.</summary>
    private async ValueTask WaitAndArriveAsync(PublishView publish, ReceivedMessage message, ReasonCode refusal)
    {
        Interlocked.Add(ref _heldBytes, message.ByteCount);
        if (_wire.Version == MqttVersion.V5) ReportOverrun();
        IsWaiting = true;
        try
        {
            while (IsFull(in publish)) await _room.Reader.ReadAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            message.Dispose();
            return;
        }
        finally
        {
            IsWaiting = false;
        }
        if (!TryArrive(in publish, message.Utf8Topic, message.Payload.Span, refusal, out MessageHandle handle))
        {
            message.Dispose();
            return;
        }
        message.Handle = handle;
        Interlocked.Add(ref _heldBytes, -message.ByteCount);
        await DeliverAsync(message).ConfigureAwait(false);
    }

    private ValueTask DeliverAsync(ReceivedMessage message)
    {
        if (Interlocked.Add(ref _heldBytes, message.ByteCount) <= _options.MaxHeldBytes && _messages.Writer.TryWrite(message))
        {
            _received++;
            return ValueTask.CompletedTask;
        }
        if (message.Quality != QualityOfService.AtMostOnce || !_options.DropsWhenBehind) return WaitAndDeliverAsync(message);
        Drop(message);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAndDeliverAsync(ReceivedMessage message)
    {
        IsWaiting = true;
        try
        {
            while (Interlocked.Read(ref _heldBytes) > _options.MaxHeldBytes && Interlocked.Read(ref _heldBytes) > message.ByteCount)
                await _room.Reader.ReadAsync(_closing.Token).ConfigureAwait(false);
            await _messages.Writer.WriteAsync(message, _closing.Token).ConfigureAwait(false);
            _received++;
        }
        catch (OperationCanceledException)
        {
            message.Dispose();
        }
        finally
        {
            IsWaiting = false;
        }
    }

    private void Drop(ReceivedMessage message)
    {
        message.Dispose();
        long dropped = Interlocked.Increment(ref _dropped);
        if (long.IsPow2(dropped))
        {
            _observer?.Observe(new MqttEvent(MqttEventKind.MessageDropped, "receiver-behind", string.Create(CultureInfo.InvariantCulture,
                $"{dropped} messages of QoS 0 were dropped so far, because the receiver is behind. Use QoS 1, or send fewer.")));
        }
    }

    private void Report(ReasonCode refusal, int topicBytes) => _observer?.Observe(new MqttEvent(MqttEventKind.MessageRefused, refusal.Label(), string.Create(CultureInfo.InvariantCulture,
        $"A message was refused: its topic has {topicBytes} bytes or too many levels, or it has too many user properties. Allowed are {_options.Limits.MaxTopicBytes} bytes, {_options.Limits.MaxTopicLevels} levels and {_options.Limits.MaxUserProperties} user properties. Correct the sender.")));

    private void ReportOverrun()
    {
        if (_hasReportedOverrun) return;
        _hasReportedOverrun = true;
        _observer?.Observe(new MqttEvent(MqttEventKind.Notice, "window-overrun", string.Create(CultureInfo.InvariantCulture,
            $"The broker sends more unacknowledged messages than the receive maximum of {_options.ReceiveMaximum} allows (mosquitto 2.0.11 does, when messages are queued). The rest waits unread; nothing is lost. Update the broker, or make the window as large as its queue.")));
    }
}
