namespace SeqStream.Mqtt.Session;

/// <summary>Numbers that stand for topics of sent messages on one connection: the first topics get them. One thread at a time.</summary>
internal sealed class OutboundAliases
{
    private readonly Dictionary<ulong, Entry> _aliases = [];
    private int _maximum;

    /// <summary>A connection begins: all aliases are forgotten.</summary>
    public void Reset(int maximum)
    {
        _maximum = maximum;
        _aliases.Clear();
    }

    /// <summary>The topic's alias, 0 if there is none left. A new alias must be sent together with its topic.</summary>
    [HotPath]
    public ushort Find(ReadOnlySpan<byte> topic, out bool isNew)
    {
        isNew = false;
        if (_maximum == 0) return 0;
        ulong hash = ContentHash.Of(topic, default);
        if (_aliases.TryGetValue(hash, out Entry entry)) return entry.Topic.AsSpan().SequenceEqual(topic) ? entry.Alias : (ushort)0;
        if (_aliases.Count >= _maximum) return 0;
        isNew = true;
        ushort alias = (ushort)(_aliases.Count + 1);
        _aliases[hash] = new Entry(topic.ToArray(), alias);
        return alias;
    }

    private readonly record struct Entry(byte[] Topic, ushort Alias);
}
