using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>The session of a client: gives each packet to the direction it belongs to. Outlives connections.</summary>
internal sealed class PacketDispatch : IDisposable
{
    private readonly MqttOptions _options;
    private readonly IMqttObserver? _observer;
    private TaskCompletionSource<ConnAckPacket> _accepted = new();
    private bool _isFirst = true;

    public PacketDispatch(MqttOptions options, ISessionStore store, IMqttObserver? observer)
    {
        _options = options;
        _observer = observer;
        Wire = new Wire(options.Version);
        PacketIds ids = new();
        Inbox = new Inbox(Wire, options, store, observer);
        Outbox = new Outbox(Wire, options, store, ids, observer);
        Subscriptions = new Subscriptions(Wire, ids, observer);
    }

    public Wire Wire { get; }

    public Inbox Inbox { get; }

    public Outbox Outbox { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>Name of the session; the broker's choice if the options leave it open.</summary>
    public string ClientId { get; private set; } = "";

    /// <summary>Completes with CONNACK, whether it accepts or refuses.</summary>
    public Task<ConnAckPacket> Accepted => _accepted.Task;

    public long Connections { get; private set; }

    public long SessionsLost { get; private set; }

    /// <summary>Why the broker ended the connection, if it said so.</summary>
    public DisconnectPacket? Goodbye { get; private set; }

    /// <summary>Writes CONNECT as the first packet of a new connection.</summary>
    public void Begin()
    {
        _accepted = new TaskCompletionSource<ConnAckPacket>(TaskCreationOptions.RunContinuationsAsynchronously);
        Goodbye = null;
        Wire.Reset();
        lock (Wire.Gate) Hello().Encode(Wire.Output);
        Wire.Wake();
    }

    /// <summary>Takes one packet; its bytes are not used after the call.</summary>
    [HotPath]
    public ValueTask TakeAsync(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (!_accepted.Task.IsCompleted && header.Type is not (PacketType.ConnAck or PacketType.Auth)) throw new ProtocolFaultException(PacketFault.UnexpectedPacket, header.Type, "before CONNACK");
        switch (header.Type)
        {
            case PacketType.Publish: return Inbox.ReceiveAsync(header.Flags, body);
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp: Outbox.Acknowledge(header.Type, body); break;
            case PacketType.PubRel: Inbox.Release(body); break;
            case PacketType.SubAck or PacketType.UnsubAck: Subscriptions.Answer(header.Type, body); break;
            case PacketType.ConnAck: TakeConnAck(body); break;
            case PacketType.PingResp when body.IsEmpty: break;
            case PacketType.Disconnect when _options.Version == MqttVersion.V5: TakeDisconnect(body); break;
            case PacketType.Auth when _options.Version == MqttVersion.V5: TakeAuth(body); break;
            default: throw new ProtocolFaultException(header.Type == PacketType.PingResp ? PacketFault.TrailingBytes : PacketFault.UnexpectedPacket, header.Type);
        }
        return ValueTask.CompletedTask;
    }

    public void Dispose() => Inbox.Dispose();

    private ConnectPacket Hello() => new()
    {
        Version = _options.Version,
        ClientId = ClientId.Length > 0 ? ClientId : _options.ClientId,
        IsCleanStart = _options.Version == MqttVersion.V5 ? _isFirst && (_options.IsCleanStart || !_options.IsPersistent) : !_options.IsPersistent || (_isFirst && _options.IsCleanStart),
        KeepAliveSeconds = (int)Math.Min(ushort.MaxValue, Math.Ceiling(_options.KeepAlive.TotalSeconds)),
        SessionExpirySeconds = _options.SessionExpirySeconds,
        ReceiveMaximum = _options.ReceiveMaximum,
        MaximumPacketBytes = (uint)_options.Limits.MaxPacketBytes,
        TopicAliasMaximum = _options.InboundAliases,
        AuthenticationMethod = _options.Authenticator?.Method,
        AuthenticationContent = _options.Authenticator?.Begin() ?? [],
        UserProperties = _options.UserProperties,
        Will = _options.Will,
        User = _options.Credentials?.User,
        Password = _options.Credentials?.Password,
    };

    private void TakeConnAck(ReadOnlySpan<byte> body)
    {
        if (_accepted.Task.IsCompleted) throw new ProtocolFaultException(PacketFault.UnexpectedPacket, PacketType.ConnAck, "it came twice");
        ConnAckPacket packet = ConnAckPacket.Decode(body, _options.Version, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.ConnAck);
        if (!packet.Reason.IsError() && Open(packet)) ReportLoss();
        _accepted.TrySetResult(packet);
        Wire.Wake();
    }

    /// <summary>True if the broker has forgotten a session of which something was known.</summary>
    private bool Open(ConnAckPacket packet)
    {
        lock (Wire.Gate)
        {
            bool isKnown = Inbox.Open(packet.SessionPresent) | Outbox.HasState | (Subscriptions.HasState && _options.IsPersistent);
            bool isLost = !packet.SessionPresent && isKnown;
            if (isLost) SessionsLost++;
            if (packet.AssignedClientId is { } assigned) ClientId = assigned;
            _isFirst = false;
            Connections++;
            Wire.IsOpen = true;
            Subscriptions.Open(packet);
            Outbox.Open(packet);
            return isLost && _options.IsPersistent;
        }
    }

    private void TakeDisconnect(ReadOnlySpan<byte> body)
    {
        DisconnectPacket packet = DisconnectPacket.Decode(body, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.Disconnect);
        Goodbye = packet;
    }

    private void TakeAuth(ReadOnlySpan<byte> body)
    {
        AuthPacket packet = AuthPacket.Decode(body, out PacketFault fault);
        if (fault == PacketFault.None && (_options.Authenticator is null || packet.Method != _options.Authenticator.Method)) fault = PacketFault.UnexpectedPacket;
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, PacketType.Auth);
        if (packet.Reason != ReasonCode.ContinueAuthentication) return;
        AuthPacket answer = new(ReasonCode.ContinueAuthentication, packet.Method, _options.Authenticator!.Continue(packet.Content));
        lock (Wire.Gate) AuthPacket.Encode(Wire.Output, new PacketBuffer(), answer);
        Wire.Wake();
    }

    private void ReportLoss() => _observer?.Observe(new MqttEvent(MqttEventKind.SessionLost, "session-lost",
        $"The broker does not know the session '{(ClientId.Length > 0 ? ClientId : _options.ClientId)}' any more (Session Present is 0). What it had not delivered is lost; subscriptions are made again. Let the broker keep sessions on disk, and make the session expire later."));
}
