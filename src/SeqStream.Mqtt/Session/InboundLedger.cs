using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Session;

/// <summary>
/// Received messages of QoS 1 and 2: which the receiver still works on, which it has applied, and in which order the broker must be told.
/// A message that comes again is recognised, be it still being worked on or applied with its acknowledgement lost. One thread at a time.
/// </summary>
/// <remarks>
/// Brokers use an identifier of QoS 1 again as soon as they have the acknowledgement. So a repetition is one that says so (DUP), comes on a later connection
/// than the message it repeats, and has its identifier and content.
/// </remarks>
internal sealed class InboundLedger
{
    private readonly ISessionStore _store;
    private readonly int _markCapacity;
    private readonly Stack<int> _free = new();
    private readonly Queue<int> _order = new();
    private readonly Dictionary<ushort, int> _slots = [];
    private readonly Dictionary<ushort, AppliedMessage> _applied = [];
    private readonly Queue<ReceivedMark> _appliedOrder = new();
    private InboundEntry[] _entries = new InboundEntry[64];
    private int _connection = 1;
    private int _unreleased;     // applied messages of QoS 2 that the broker has not released
    private int _unsent;         // those of them whose PUBREC still waits in _order
    private int _held;           // messages that the receiver works on
    private long _sequence;

    public InboundLedger(ISessionStore store, int markCapacity)
    {
        _store = store;
        _markCapacity = markCapacity;
        foreach (ReceivedMark mark in store.LoadMarks().OrderBy(static mark => mark.Sequence)) AddApplied(mark, connection: 0);
        for (int slot = _entries.Length - 1; slot >= 0; slot--) _free.Push(slot);
    }

    /// <summary>Messages that the broker counts as not acknowledged on this connection.</summary>
    public int Unacknowledged => _order.Count + _unreleased - _unsent;

    /// <summary>True if the receiver works on as many messages as it may and the packet is none of them.</summary>
    [HotPath]
    public bool IsFull(ushort packetId, int most) => _held >= most && !_slots.ContainsKey(packetId);

    /// <summary>True if something is remembered that only means something to the present session.</summary>
    public bool HasState => _slots.Count > 0 || _applied.Count > 0;

    /// <summary>The number of the next message of QoS 0, which is not kept.</summary>
    public MessageHandle Pass() => new(++_sequence);

    /// <summary>A connection begins. If the broker has kept the session, what it waits for will come again; otherwise nothing of it will.</summary>
    public void BeginConnection(bool sessionPresent)
    {
        _connection++;
        _unsent = 0;
        while (_order.TryDequeue(out int slot)) _entries[slot].IsQueued = false;
        if (sessionPresent) return;
        foreach (int slot in _slots.Values) Free(slot);
        _held = 0;
        _slots.Clear();
        _applied.Clear();
        _appliedOrder.Clear();
        _unreleased = 0;
    }

    /// <summary>Notes a message. True if it must be delivered; false if it is a repetition of one that was.</summary>
    [HotPath]
    public bool TryArrive(in PublishView publish, ulong contentHash, out MessageHandle handle, out PacketFault fault)
    {
        fault = PacketFault.None;
        handle = default;
        if (_slots.TryGetValue(publish.PacketId, out int known))
        {
            if (_entries[known].IsQueued)
            {
                if (!publish.IsDuplicate) fault = PacketFault.UnexpectedPacket;
                return false;
            }
            bool isRepetition = publish.IsDuplicate && _entries[known].Quality == publish.Quality && _entries[known].ContentHash == contentHash;
            if (isRepetition)
            {
                Queue(known);
                return false;
            }
            Forget(known);
        }
        bool isApplied = _applied.Count > 0 && IsApplied(in publish, contentHash);
        int slot = Rent(in publish, contentHash);
        _entries[slot].IsAcknowledged = isApplied;
        if (!isApplied) _held++;
        Queue(slot);
        handle = new MessageHandle(_entries[slot].Sequence) { Slot = slot };
        return !isApplied;
    }

    /// <summary>What to remember of a message that is still being worked on; false if its handle is not valid any more.</summary>
    public bool TryMark(MessageHandle handle, out ReceivedMark mark)
    {
        mark = IsValid(handle) ? MarkOf(in _entries[handle.Slot]) : default;
        return mark.PacketId != 0;
    }

    /// <summary>The message is applied (or refused with a reason). The broker is told as soon as all earlier ones are too.</summary>
    /// <returns>False if the handle is not valid any more.</returns>
    [HotPath]
    public bool Acknowledge(MessageHandle handle, ReasonCode reason)
    {
        if (!IsValid(handle)) return false;
        Acknowledge(handle.Slot, reason);
        return true;
    }

    /// <summary>All messages up to a sequence number are applied.</summary>
    [HotPath]
    public int AcknowledgeThrough(long sequence)
    {
        int count = 0;
        foreach (int slot in _order)
        {
            if (_entries[slot].Sequence > sequence || _entries[slot].IsAcknowledged) continue;
            Acknowledge(slot, ReasonCode.Success);
            count++;
        }
        return count + AcknowledgeUnqueued(sequence);
    }

    /// <summary>Writes the acknowledgements that are due.</summary>
    [HotPath]
    public int WriteDue(PacketBuffer output, MqttVersion version)
    {
        int count = 0;
        for (; _order.TryPeek(out int slot) && _entries[slot].IsAcknowledged; count++)
        {
            _order.Dequeue();
            ref InboundEntry entry = ref _entries[slot];
            bool isExactlyOnce = entry.Quality == QualityOfService.ExactlyOnce;
            if (isExactlyOnce && !entry.Reason.IsError()) _unsent--;
            AckPacket.Encode(output, isExactlyOnce ? PacketType.PubRec : PacketType.PubAck, entry.PacketId, entry.Reason, version);
            _slots.Remove(entry.PacketId);
            Free(slot);
        }
        return count;
    }

    /// <summary>The broker will not send the message again (PUBREL). False if nothing is known of it.</summary>
    public bool Release(ushort packetId)
    {
        if (!_applied.TryGetValue(packetId, out AppliedMessage applied) || applied.Mark.Quality != QualityOfService.ExactlyOnce) return false;
        _applied.Remove(packetId);
        _store.RemoveMark(packetId);
        _unreleased--;
        return true;
    }

    private bool IsValid(MessageHandle handle) => (uint)handle.Slot < (uint)_entries.Length && _entries[handle.Slot].Sequence == handle.Sequence && !_entries[handle.Slot].IsAcknowledged;

    /// <summary>True if a message with this identifier was applied and this is it again.</summary>
    private bool IsApplied(in PublishView publish, ulong contentHash)
    {
        if (!_applied.TryGetValue(publish.PacketId, out AppliedMessage applied)) return false;
        bool isRepetition = applied.Mark.Quality == publish.Quality
            && (publish.Quality == QualityOfService.ExactlyOnce || (publish.IsDuplicate && applied.Connection < _connection && applied.Mark.ContentHash == contentHash));
        if (isRepetition) return true;
        RemoveApplied(publish.PacketId, applied);
        return false;
    }

    private void Acknowledge(int slot, ReasonCode reason)
    {
        ref InboundEntry entry = ref _entries[slot];
        entry.Reason = reason;
        entry.IsAcknowledged = true;
        _held--;
        bool endsHere = entry.Quality == QualityOfService.ExactlyOnce && reason.IsError();
        if (!endsHere)
        {
            ReceivedMark mark = MarkOf(in entry);
            _store.AddMark(in mark);
            AddApplied(mark, entry.Connection);
        }
        if (entry.IsQueued)
        {
            if (entry.Quality == QualityOfService.ExactlyOnce && !endsHere) _unsent++;
            return;
        }
        _slots.Remove(entry.PacketId);
        Free(slot);
    }

    private int AcknowledgeUnqueued(long sequence)
    {
        if (_slots.Count == _order.Count) return 0;
        int count = 0;
        for (int slot = 0; slot < _entries.Length; slot++)
        {
            ref InboundEntry entry = ref _entries[slot];
            if (entry.Sequence == 0 || entry.Sequence > sequence || entry.IsQueued || entry.IsAcknowledged) continue;
            Acknowledge(slot, ReasonCode.Success);
            count++;
        }
        return count;
    }

    private void AddApplied(ReceivedMark mark, int connection)
    {
        if (_applied.TryGetValue(mark.PacketId, out AppliedMessage old) && old.Mark.Quality == QualityOfService.ExactlyOnce) _unreleased--;
        _applied[mark.PacketId] = new AppliedMessage(mark, connection);
        _sequence = Math.Max(_sequence, mark.Sequence);
        if (mark.Quality == QualityOfService.ExactlyOnce)
        {
            _unreleased++;
            return;
        }
        _appliedOrder.Enqueue(mark);
        if (_appliedOrder.Count <= _markCapacity) return;
        ReceivedMark oldest = _appliedOrder.Dequeue();
        if (_applied.TryGetValue(oldest.PacketId, out AppliedMessage applied) && applied.Mark.Sequence == oldest.Sequence) RemoveApplied(oldest.PacketId, applied);
    }

    private void RemoveApplied(ushort packetId, AppliedMessage applied)
    {
        if (applied.Mark.Quality == QualityOfService.ExactlyOnce) _unreleased--;
        _applied.Remove(packetId);
        _store.RemoveMark(packetId);
    }

    private int Rent(in PublishView publish, ulong contentHash)
    {
        if (!_free.TryPop(out int slot)) slot = Grow();
        _entries[slot] = new InboundEntry { Sequence = ++_sequence, ContentHash = contentHash, PacketId = publish.PacketId, Quality = publish.Quality };
        _slots[publish.PacketId] = slot;
        return slot;
    }

    private void Queue(int slot)
    {
        _entries[slot].IsQueued = true;
        _entries[slot].Connection = _connection;
        _order.Enqueue(slot);
        if (_entries[slot].IsAcknowledged && _entries[slot].Quality == QualityOfService.ExactlyOnce && !_entries[slot].Reason.IsError()) _unsent++;
    }

    private void Forget(int slot)
    {
        if (!_entries[slot].IsAcknowledged) _held--;
        _slots.Remove(_entries[slot].PacketId);
        Free(slot);
    }

    private void Free(int slot)
    {
        _entries[slot] = default;
        _free.Push(slot);
    }

    private int Grow()
    {
        int size = _entries.Length;
        Array.Resize(ref _entries, size * 2);
        for (int slot = _entries.Length - 1; slot > size; slot--) _free.Push(slot);
        return size;
    }

    private static ReceivedMark MarkOf(in InboundEntry entry) => new(entry.PacketId, entry.Quality, entry.ContentHash, entry.Sequence);

    /// <summary>An applied message and the connection on which it came last; 0 for one of a former process.</summary>
    private readonly record struct AppliedMessage(ReceivedMark Mark, int Connection);
}
