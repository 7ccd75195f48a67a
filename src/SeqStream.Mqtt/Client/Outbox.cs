using System.Globalization;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>The sending direction: messages wait here, bounded, until the connection and the broker's window have room; those not acknowledged are sent again. Members marked so are called under the gate.</summary>
internal sealed class Outbox
{
    private const int FullOutputBytes = 1 << 18;
    private readonly Wire _wire;
    private readonly MqttOptions _options;
    private readonly IMqttObserver? _observer;
    private readonly OutboundWindow _window;
    private readonly OutboundAliases _aliases = new();
    private readonly LinkedList<OutgoingPublish> _waiting = new();
    private readonly Queue<OutgoingPublish> _again = new();
    private TaskCompletionSource? _room;
    private ConnAckPacket _broker = new();
    private OutgoingPublish? _greeting;
    private long _waitingBytes;
    private int _outstanding;
    private readonly Queue<Fence> _fences = new();
    private long _numbered, _finished;
    private long _produced, _delivered, _dropped, _refused;
    private bool _isClosed;

    public Outbox(Wire wire, MqttOptions options, ISessionStore store, PacketIds ids, IMqttObserver? observer)
    {
        _wire = wire;
        _options = options;
        _observer = observer;
        _window = new OutboundWindow(store, ids);
    }

    /// <summary>True if messages were sent and not acknowledged. Under the gate.</summary>
    public bool HasState => _window.Count > 0;

    /// <summary>True if nothing waits and nothing is unacknowledged. Under the gate.</summary>
    public bool IsEmpty => _waiting.Count == 0 && _window.Count == 0;

    /// <summary>Takes a message; waits if too many wait already and the policy says so.</summary>
    public async ValueTask EnqueueAsync(OutgoingPublish publish, CancellationToken cancellation)
    {
        while (!TryEnqueue(publish, out Task? room)) await room!.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Calls back once all messages taken so far are delivered, refused or dropped, in the order of the calls; never if the client is closed before.</summary>
    public void NotifyWhenDone(Action done)
    {
        lock (_wire.Gate)
        {
            if (_finished < _numbered)
            {
                _fences.Enqueue(new Fence(_numbered, done) { Left = _numbered - _finished });
                return;
            }
        }
        done();
    }

    /// <summary>A connection is accepted: what the broker does not have is sent again. Under the gate.</summary>
    public void Open(ConnAckPacket broker)
    {
        _broker = broker;
        _aliases.Reset(_wire.Version == MqttVersion.V5 ? Math.Min(_options.OutboundAliases, broker.TopicAliasMaximum) : 0);
        _outstanding = 0;
        _again.Clear();
        List<OutgoingPublish> unfinished = _window.InOrder();
        if (broker.SessionPresent)
        {
            foreach (OutgoingPublish publish in unfinished) _again.Enqueue(publish);
        }
        else
        {
            _window.Clear();
            StartAnew(unfinished);
        }
        if (_options.Greeting is not null) Greet(_options.Greeting);
        Pump();
    }

    /// <summary>Writes what may be sent now. Under the gate.</summary>
    public void Pump()
    {
        while (_wire.IsOpen && _wire.Output.Length < FullOutputBytes)
        {
            if (_again.TryPeek(out OutgoingPublish? again) && _outstanding < Quota)
            {
                _again.Dequeue();
                SendAgain(again);
            }
            else if (_again.Count > 0 || _waiting.First is not { } first || !TrySend(first.Value))
            {
                return;
            }
        }
    }

    /// <summary>Takes PUBACK, PUBREC or PUBCOMP.</summary>
    public void Acknowledge(PacketType type, ReadOnlySpan<byte> body)
    {
        AckPacket packet = AckPacket.Decode(body, type, _wire.Version, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, type);
        OutgoingPublish? done = null;
        lock (_wire.Gate)
        {
            OutgoingPublish? publish = _window.Find(packet.PacketId);
            bool isExpected = publish is null || publish.Message.Quality == (type == PacketType.PubAck ? QualityOfService.AtLeastOnce : QualityOfService.ExactlyOnce);
            if (!isExpected) throw new ProtocolFaultException(PacketFault.UnexpectedPacket, type);
            if (type == PacketType.PubRec && !packet.Reason.IsError()) Release(publish, packet.PacketId);
            else done = Complete(packet.PacketId);
            Pump();
        }
        _wire.Wake();
        if (done is not null) Finish(done, packet.Reason);
    }

    /// <summary>Gives up what waits: the client is closed.</summary>
    public void Close()
    {
        List<OutgoingPublish> left;
        lock (_wire.Gate)
        {
            _isClosed = true;
            left = [.. _waiting];
            _waiting.Clear();
            _dropped += left.Count;
            _room?.TrySetResult();
            foreach (OutgoingPublish publish in _window.InOrder()) publish.Completion?.TrySetCanceled();
        }
        foreach (OutgoingPublish publish in left) publish.Completion?.TrySetResult(new PublishOutcome(PublishStatus.Dropped, ReasonCode.UnspecifiedError));
    }

    public MqttCounters AddTo(MqttCounters counters)
    {
        lock (_wire.Gate) return counters with { Produced = _produced, Delivered = _delivered, DroppedPublishes = _dropped, RefusedPublishes = _refused };
    }

    private int Quota => Math.Min(_broker.ReceiveMaximum, _options.MaxInFlight ?? (_wire.Version == MqttVersion.V5 ? 1000 : 20));

    private bool IsFull(OutgoingPublish next) => _waiting.Count >= _options.OutboxCapacity || (_waiting.Count > 0 && _waitingBytes + next.Bytes > _options.OutboxBytes);

    private bool TryEnqueue(OutgoingPublish publish, out Task? room)
    {
        room = null;
        OutgoingPublish? victim = null;
        lock (_wire.Gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(MqttClient));
            if (IsFull(publish)) Pump();
            while (victim is null && IsFull(publish))
            {
                if (_options.OutboxOverflow == MqttOverflow.Wait)
                {
                    _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    room = _room.Task;
                    return false;
                }
                victim = _options.OutboxOverflow == MqttOverflow.DropNewest ? publish : TakeFirst();
                _dropped++;
            }
            _produced++;
            publish.Number = ++_numbered;
            if (victim != publish) Add(publish);
            Pump();
        }
        _wire.Wake();
        if (victim is not null) ReportDrop(victim);
        return true;
    }

    private void Add(OutgoingPublish publish)
    {
        _waiting.AddLast(publish);
        _waitingBytes += publish.Bytes;
    }

    private OutgoingPublish TakeFirst()
    {
        OutgoingPublish first = _waiting.First!.Value;
        _waiting.RemoveFirst();
        _waitingBytes -= first.Bytes;
        _room?.TrySetResult();
        _room = null;
        return first;
    }

    /// <summary>Sends the message that waits longest; false if it must wait on.</summary>
    private bool TrySend(OutgoingPublish publish)
    {
        ReasonCode refusal = Refusal(in publish.Message);
        if (refusal != ReasonCode.Success)
        {
            TakeFirst();
            Finish(publish, refusal);
            return true;
        }
        bool isKept = publish.Message.Quality != QualityOfService.AtMostOnce;
        if (isKept && (_outstanding >= Quota || !_window.TryAdd(publish))) return false;
        TakeFirst();
        if (isKept) _outstanding++;
        Write(publish, isDuplicate: false);
        if (!isKept) Finish(publish, ReasonCode.Success);
        return true;
    }

    private void SendAgain(OutgoingPublish publish)
    {
        _outstanding++;
        if (publish.Message.IsReleased) AckPacket.Encode(_wire.Output, PacketType.PubRel, publish.Message.PacketId, ReasonCode.Success, _wire.Version);
        else Write(publish, isDuplicate: true);
    }

    private void Write(OutgoingPublish publish, bool isDuplicate)
    {
        ReadOnlySpan<byte> topic = publish.Message.Topic.Span;
        ushort alias = _aliases.Find(topic, out bool isNew);
        PublishPacket.Encode(_wire.Output, in publish.Message, alias == 0 || isNew ? topic : default, alias, isDuplicate, _wire.Version);
    }

    private ReasonCode Refusal(in StoredPublish message)
    {
        if (message.Quality > _broker.MaximumQuality) return ReasonCode.QosNotSupported;
        if (message.IsRetained && !_broker.IsRetainAvailable) return ReasonCode.RetainNotSupported;
        return PublishPacket.LengthOf(in message, _wire.Version) > _broker.MaximumPacketBytes ? ReasonCode.PacketTooLarge : ReasonCode.Success;
    }

    private void Release(OutgoingPublish? publish, ushort packetId)
    {
        if (publish is not null) _window.Release(publish);
        ReasonCode reason = publish is null ? ReasonCode.PacketIdentifierNotFound : ReasonCode.Success;
        AckPacket.Encode(_wire.Output, PacketType.PubRel, packetId, reason, _wire.Version);
    }

    private OutgoingPublish? Complete(ushort packetId)
    {
        OutgoingPublish? publish = _window.Complete(packetId);
        if (publish is not null) _outstanding--;
        return publish;
    }

    /// <summary>The broker has forgotten the session: what it owns counts as delivered, the rest is sent as new before anything that waits.</summary>
    private void StartAnew(List<OutgoingPublish> unfinished)
    {
        for (int i = unfinished.Count - 1; i >= 0; i--)
        {
            OutgoingPublish publish = unfinished[i];
            if (publish.Message.IsReleased)
            {
                Finish(publish, ReasonCode.Success);
                continue;
            }
            publish.Message = publish.Message with { PacketId = 0 };
            _waiting.AddFirst(publish);
            _waitingBytes += publish.Bytes;
        }
    }

    /// <summary>The greeting goes before whatever waits; one that waits already goes only once.</summary>
    private void Greet(PublishMessage greeting)
    {
        if (_greeting is not null && (_waiting.Contains(_greeting) || _again.Contains(_greeting))) return;
        _greeting = OutgoingPublish.Of(greeting, _wire.Version, completion: null);
        _waiting.AddFirst(_greeting);
        _waitingBytes += _greeting.Bytes;
        _produced++;
    }

    /// <summary>Nothing more happens to a message: those who wait for it and all before it may go on.</summary>
    private void Settle(OutgoingPublish publish)
    {
        if (publish.Number == 0) return;
        lock (_wire.Gate)
        {
            _finished++;
            foreach (Fence fence in _fences)
            {
                if (publish.Number <= fence.After) fence.Left--;
            }
            // A later fence waits for all that an earlier one waits for: those that are through are the first ones.
            while (_fences.TryPeek(out Fence? first) && first.Left == 0) _fences.Dequeue().Done();
        }
    }

    private void Finish(OutgoingPublish publish, ReasonCode reason)
    {
        Settle(publish);
        if (!reason.IsError())
        {
            Interlocked.Increment(ref _delivered);
            publish.Completion?.TrySetResult(new PublishOutcome(PublishStatus.Delivered, reason));
            return;
        }
        Interlocked.Increment(ref _refused);
        _observer?.Observe(new MqttEvent(MqttEventKind.PublishRefused, reason.Label(),
            $"A message to '{System.Text.Encoding.UTF8.GetString(publish.Message.Topic.Span)}' was refused: {reason.Describe()}"));
        publish.Completion?.TrySetResult(new PublishOutcome(PublishStatus.Refused, reason));
    }

    private void ReportDrop(OutgoingPublish victim)
    {
        Settle(victim);
        victim.Completion?.TrySetResult(new PublishOutcome(PublishStatus.Dropped, ReasonCode.QuotaExceeded));
        long dropped = Interlocked.Read(ref _dropped);
        if (!long.IsPow2(dropped)) return;
        _observer?.Observe(new MqttEvent(MqttEventKind.PublishDropped, "outbox-full", string.Create(CultureInfo.InvariantCulture,
            $"{dropped} messages to publish were dropped so far: more than {_options.OutboxCapacity} messages or {_options.OutboxBytes} bytes waited. Raise the limits or look why the broker does not take them.")));
    }

    /// <summary>Waits for the messages up to a number.</summary>
    private sealed class Fence(long after, Action done)
    {
        public readonly long After = after;
        public readonly Action Done = done;
        public long Left;
    }
}
