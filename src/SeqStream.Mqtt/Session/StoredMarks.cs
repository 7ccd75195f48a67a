using System.Buffers.Binary;
using System.Globalization;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>
/// Marks of received messages as items that somebody else stores, in the transaction that contains what the messages did. Any thread.
/// </summary>
/// <remarks>
/// <code>
/// key    mqtt/ID, the packet identifier in decimal
/// value  u8 format (1), u8 quality of service, u64 hash of topic and content, i64 sequence; little-endian
/// </code>
/// </remarks>
internal sealed class StoredMarks : ISessionStore
{
    private const string Prefix = "mqtt/";
    private const byte Format = 1;
    private const int ValueBytes = 18;
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, ReceivedMark> _stored = [];
    private readonly HashSet<ushort> _removed = [];

    /// <summary>Takes over an item of a former process; items of others are left alone.</summary>
    /// <exception cref="InvalidDataException">The value is damaged or of another version.</exception>
    public void Restore(string key, ReadOnlySpan<byte> value)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || !ushort.TryParse(key.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ushort id)) return;
        if (value.Length != ValueBytes || value[0] != Format || value[1] is not (1 or 2))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The stored item '{key}' has {value.Length} bytes of format {(value.IsEmpty ? 0 : value[0])}, expected {ValueBytes} of format {Format}. Use the SeqStream version that wrote it, or remove the item: then a message that was applied may be applied again."));
        lock (_gate) _stored[id] = new ReceivedMark(id, (QualityOfService)value[1], BinaryPrimitives.ReadUInt64LittleEndian(value[2..]), BinaryPrimitives.ReadInt64LittleEndian(value[10..]));
    }

    /// <summary>Adds the item of a message whose changes are about to be stored.</summary>
    public void Describe(in ReceivedMark mark, ICollection<KeyValuePair<string, byte[]?>> items)
    {
        byte[] value = new byte[ValueBytes];
        value[0] = Format;
        value[1] = (byte)mark.Quality;
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(2), mark.ContentHash);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(10), mark.Sequence);
        lock (_gate)
        {
            _removed.Remove(mark.PacketId);
            _stored[mark.PacketId] = mark;
        }
        items.Add(new KeyValuePair<string, byte[]?>(KeyOf(mark.PacketId), value));
    }

    /// <summary>Adds removals of items that are of no use any more.</summary>
    public void DescribeRemovals(ICollection<KeyValuePair<string, byte[]?>> items)
    {
        lock (_gate)
        {
            foreach (ushort id in _removed) items.Add(new KeyValuePair<string, byte[]?>(KeyOf(id), null));
            _removed.Clear();
        }
    }

    public IEnumerable<StoredPublish> LoadPublishes() => [];

    public IEnumerable<ReceivedMark> LoadMarks()
    {
        lock (_gate) return [.. _stored.Values];
    }

    public void AddPublish(in StoredPublish publish)
    {
    }

    public void ReleasePublish(ushort packetId)
    {
    }

    public void RemovePublish(ushort packetId)
    {
    }

    /// <summary>It was described before.</summary>
    public void AddMark(in ReceivedMark mark)
    {
    }

    public void RemoveMark(ushort packetId)
    {
        lock (_gate) Remove(packetId);
    }

    public void Clear()
    {
        lock (_gate)
        {
            foreach (ushort id in _stored.Keys.ToArray()) Remove(id);
        }
    }

    private void Remove(ushort packetId)
    {
        if (_stored.Remove(packetId)) _removed.Add(packetId);
    }

    private static string KeyOf(ushort id) => Prefix + id.ToString(CultureInfo.InvariantCulture);
}
