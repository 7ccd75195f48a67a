using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>Messages of QoS 1 and 2 that were sent and not acknowledged. One thread at a time.</summary>
internal sealed class OutboundWindow
{
    private readonly ISessionStore _store;
    private readonly PacketIds _ids;
    private readonly Dictionary<ushort, OutgoingPublish> _sent = [];
    private long _order;

    public OutboundWindow(ISessionStore store, PacketIds ids)
    {
        _store = store;
        _ids = ids;
        foreach (StoredPublish stored in store.LoadPublishes())
        {
            _sent[stored.PacketId] = new OutgoingPublish(stored);
            ids.Take(stored.PacketId);
            _order = Math.Max(_order, stored.Order);
        }
    }

    public int Count => _sent.Count;

    /// <summary>Gives a message its identifier and keeps it. False if no identifier is free.</summary>
    public bool TryAdd(OutgoingPublish publish)
    {
        ushort id = _ids.Rent();
        if (id == 0) return false;
        publish.Message = publish.Message with { PacketId = id, Order = ++_order };
        _sent[id] = publish;
        _store.AddPublish(publish.Message);
        return true;
    }

    /// <summary>The exchange is complete (PUBACK, PUBCOMP or PUBREC with an error); null if nothing is known of it.</summary>
    public OutgoingPublish? Complete(ushort packetId)
    {
        if (!_sent.Remove(packetId, out OutgoingPublish? publish)) return null;
        _ids.Return(packetId);
        _store.RemovePublish(packetId);
        return publish;
    }

    /// <summary>What was sent under the identifier, or null.</summary>
    public OutgoingPublish? Find(ushort packetId) => _sent.GetValueOrDefault(packetId);

    /// <summary>The broker owns the message (PUBREC).</summary>
    public void Release(OutgoingPublish publish)
    {
        if (publish.Message.IsReleased) return;
        publish.Message = publish.Message with { IsReleased = true, Properties = default, Payload = default };
        _store.ReleasePublish(publish.Message.PacketId);
    }

    /// <summary>All messages in the order in which they were sent first.</summary>
    public List<OutgoingPublish> InOrder() => [.. _sent.Values.OrderBy(static publish => publish.Message.Order)];

    /// <summary>Forgets everything, because the broker has.</summary>
    public void Clear()
    {
        foreach (ushort id in _sent.Keys) _ids.Return(id);
        _sent.Clear();
        _store.Clear();
    }
}
