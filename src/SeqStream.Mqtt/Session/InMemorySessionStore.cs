namespace SeqStream.Mqtt.Session;

/// <summary>Keeps a session as long as the process lives. Safe for clients that follow one another.</summary>
public sealed class InMemorySessionStore : ISessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, StoredPublish> _publishes = [];
    private readonly Dictionary<ushort, ReceivedMark> _marks = [];

    /// <inheritdoc/>
    public IEnumerable<StoredPublish> LoadPublishes()
    {
        lock (_gate) return [.. _publishes.Values];
    }

    /// <inheritdoc/>
    public IEnumerable<ReceivedMark> LoadMarks()
    {
        lock (_gate) return [.. _marks.Values];
    }

    /// <inheritdoc/>
    public void AddPublish(in StoredPublish publish)
    {
        lock (_gate) _publishes[publish.PacketId] = publish;
    }

    /// <inheritdoc/>
    public void ReleasePublish(ushort packetId)
    {
        lock (_gate)
        {
            if (_publishes.TryGetValue(packetId, out StoredPublish publish)) _publishes[packetId] = publish with { IsReleased = true, Properties = default, Payload = default };
        }
    }

    /// <inheritdoc/>
    public void RemovePublish(ushort packetId)
    {
        lock (_gate) _publishes.Remove(packetId);
    }

    /// <inheritdoc/>
    public void AddMark(in ReceivedMark mark)
    {
        lock (_gate) _marks[mark.PacketId] = mark;
    }

    /// <inheritdoc/>
    public void RemoveMark(ushort packetId)
    {
        lock (_gate) _marks.Remove(packetId);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            _publishes.Clear();
            _marks.Clear();
        }
    }
}
