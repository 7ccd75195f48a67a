using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>What the client is subscribed to, and requests that wait for the broker's answer. Made again where the broker has forgotten them.</summary>
internal sealed class Subscriptions(Wire wire, PacketIds ids, IMqttObserver? observer)
{
    private readonly Dictionary<string, TopicSubscription> _granted = new(StringComparer.Ordinal);
    private readonly Dictionary<ushort, SubscriptionRequest> _asked = [];
    private readonly List<SubscriptionRequest> _unasked = [];
    private ConnAckPacket _broker = new();

    /// <summary>True if anything is subscribed to. Under the gate.</summary>
    public bool HasState => _granted.Count > 0;

    /// <summary>Asks the broker, now or on the next connection; completes with its answers.</summary>
    public Task<ReasonCode[]> AskAsync(SubscriptionRequest request)
    {
        lock (wire.Gate)
        {
            if (wire.IsOpen) Send(request);
            else _unasked.Add(request);
        }
        wire.Wake();
        return request.Answer.Task;
    }

    /// <summary>A connection is accepted. Under the gate.</summary>
    public void Open(ConnAckPacket broker)
    {
        _broker = broker;
        List<SubscriptionRequest> requests = [.. _asked.Values, .. _unasked];
        foreach (ushort id in _asked.Keys) ids.Return(id);
        _asked.Clear();
        _unasked.Clear();
        if (!broker.SessionPresent && _granted.Count > 0) Send(SubscriptionRequest.ToSubscribe([.. _granted.Values]));
        foreach (SubscriptionRequest request in requests) Send(request);
    }

    /// <summary>Takes SUBACK or UNSUBACK.</summary>
    public void Answer(PacketType type, ReadOnlySpan<byte> body)
    {
        SubAckPacket packet = SubAckPacket.Decode(body, type, wire.Version, out PacketFault fault);
        if (fault != PacketFault.None) throw new ProtocolFaultException(fault, type);
        SubscriptionRequest? request;
        lock (wire.Gate)
        {
            if (!_asked.Remove(packet.PacketId, out request)) throw new ProtocolFaultException(PacketFault.UnexpectedPacket, type, "no request has its packet identifier");
            ids.Return(packet.PacketId);
            if ((type == PacketType.SubAck) != request.IsSubscribe) throw new ProtocolFaultException(PacketFault.UnexpectedPacket, type);
            ReasonCode[] reasons = packet.Reasons.Length > 0 ? packet.Reasons : new ReasonCode[request.Count];
            if (reasons.Length != request.Count) throw new ProtocolFaultException(PacketFault.Truncated, type, "not one reason for each filter");
            Note(request, reasons);
            request.Answer.TrySetResult(reasons);
        }
    }

    /// <summary>Gives up what waits: the client is closed.</summary>
    public void Close()
    {
        lock (wire.Gate)
        {
            foreach (SubscriptionRequest request in _asked.Values.Concat(_unasked)) request.Answer.TrySetCanceled();
        }
    }

    private void Send(SubscriptionRequest request)
    {
        ReasonCode refusal = request.Subscriptions.Select(Refusal).FirstOrDefault(static reason => reason != ReasonCode.Success);
        ushort id = refusal == ReasonCode.Success ? ids.Rent() : (ushort)0;
        if (id == 0)
        {
            ReasonCode[] reasons = new ReasonCode[request.Count];
            Array.Fill(reasons, refusal == ReasonCode.Success ? ReasonCode.PacketIdentifierInUse : refusal);
            Note(request, reasons);
            request.Answer.TrySetResult(reasons);
            return;
        }
        _asked[id] = request;
        if (request.IsSubscribe) SubscribePacket.Encode(wire.Output, id, request.Subscriptions, wire.Version);
        else SubscribePacket.EncodeUnsubscribe(wire.Output, id, request.Filters, wire.Version);
    }

    private ReasonCode Refusal(TopicSubscription subscription)
    {
        if (!_broker.AreWildcardsAvailable && subscription.Filter.AsSpan().IndexOfAny('+', '#') >= 0) return ReasonCode.WildcardSubscriptionsNotSupported;
        if (!_broker.AreSharedSubscriptionsAvailable && subscription.Filter.StartsWith("$share/", StringComparison.Ordinal)) return ReasonCode.SharedSubscriptionsNotSupported;
        return !_broker.AreSubscriptionIdsAvailable && subscription.Identifier is not null ? ReasonCode.SubscriptionIdentifiersNotSupported : ReasonCode.Success;
    }

    private void Note(SubscriptionRequest request, ReasonCode[] reasons)
    {
        foreach (string filter in request.Filters) _granted.Remove(filter);
        for (int i = 0; i < request.Subscriptions.Count; i++)
        {
            TopicSubscription subscription = request.Subscriptions[i];
            if (!reasons[i].IsError())
            {
                _granted[subscription.Filter] = subscription;
                continue;
            }
            _granted.Remove(subscription.Filter);
            observer?.Observe(new MqttEvent(MqttEventKind.SubscriptionRefused, reasons[i].Label(), $"The subscription to '{subscription.Filter}' was refused: {reasons[i].Describe()}"));
        }
    }
}
