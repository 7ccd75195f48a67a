namespace SeqStream.Mqtt.Session;

/// <summary>Numbers that stand for topics of received messages on one connection. One thread at a time.</summary>
internal sealed class InboundAliases(int maximum)
{
    private readonly byte[]?[] _topics = new byte[maximum + 1][];

    /// <summary>A connection begins: all aliases are forgotten.</summary>
    public void Reset() => _topics.AsSpan().Clear();

    /// <summary>Notes the topic of an alias, or finds it if the message has none. False if the alias is above the limit or unknown.</summary>
    [HotPath]
    public bool TryResolve(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias == 0) return true;
        if (alias > maximum) return false;
        if (topic.IsEmpty)
        {
            topic = _topics[alias];
            return !topic.IsEmpty;
        }
        if (!topic.SequenceEqual(_topics[alias])) _topics[alias] = topic.ToArray();
        return true;
    }
}
