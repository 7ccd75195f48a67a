using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>How a shard ends streams that were quiet for long, or for longest when another needs room. Their answers that lag come first, and their ends are told.</summary>
public sealed partial class Shard
{
    private readonly QuietOrder? _quietOrder;
    private readonly int _mostStreams;
    private int _leaving;   // evicted streams that still hold state
    private int _waiting;   // streams that found no room in this turn

    /// <summary>Ends the streams whose last work was done before a timestamp. Between turns; turns then do the rest.</summary>
    internal void EvictIdle(long before)
    {
        for (int stream = _quietOrder!.Oldest; stream != QuietOrder.None && _quietOrder.SeenAt(stream) < before; stream = _quietOrder.Oldest)
        {
            if (IsQuiet(in _streams[stream])) Evict(stream, EndReason.EvictedIdle);
            else _quietOrder.Touch(stream, Now);
        }
    }

    /// <summary>True if a stream without state must wait for another to leave; one is asked to.</summary>
    [HotPath]
    private bool MustWait(in StreamEntry entry, in FrameQueue frames)
    {
        if (_mostStreams == 0 || entry.HasState || LiveStreams < _mostStreams || !_queues.BeginsWith(in frames, FrameKind.Data)) return false;
        if (++_waiting > _leaving) MakeRoom();
        return true;
    }

    /// <summary>Ends the stream that was quiet for longest. None may be: then frames that wait are stepped first.</summary>
    private void MakeRoom()
    {
        for (int stream = _quietOrder!.Oldest; stream != QuietOrder.None; stream = _quietOrder.After(stream))
        {
            if (!IsQuiet(in _streams[stream])) continue;
            Evict(stream, EndReason.EvictedCapacity);
            return;
        }
    }

    private bool IsQuiet(in StreamEntry entry) => entry.ActivePlusOne == 0 || _active[entry.ActivePlusOne - 1].Phase == StreamPhase.Idle;

    private void Evict(int stream, EndReason reason)
    {
        if (reason == EndReason.EvictedIdle) _counters.EvictedIdle++;
        else _counters.EvictedCapacity++;
        _leaving++;
        _quietOrder!.Remove(stream);
        AskToEnd(stream, reason);
    }

    private void AskToEnd(int stream, EndReason reason)
    {
        ActiveStream active = Activate(ref _streams[stream]);
        (active.IsToEnd, active.Reason) = (true, reason);
        active.Phase = StreamPhase.Ready;
        _ready.Enqueue(stream);
    }
}
