using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>How a shard puts frames into the order of their producer's counter: repetitions are dropped, early frames are held for those before them, late ones go as the policy says.</summary>
public sealed partial class Shard
{
    private readonly FrameOrderOptions _order;
    private ProducerTrack[] _producers = [];   // [stream index]; empty until a frame is counted
    private int _held;                         // frames held, of all streams

    /// <summary>Lets go what is held of streams whose source will not give it again. After the last frame; turns then do the rest.</summary>
    internal void LetGo()
    {
        for (int stream = 0; stream < _streams.Length && _held > 0; stream++)
        {
            if (_streams[stream].ActivePlusOne == 0) continue;
            ActiveStream active = _active[_streams[stream].ActivePlusOne - 1];
            if (active.Held is not { Count: > 0 } held || held.First.Receipt != 0) continue;
            held.LetGoTo = long.MaxValue;
            active.Phase = StreamPhase.Ready;
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Takes the stream's next frame: one that was held, if its turn has come, or the oldest in the queue. False if there is none.</summary>
    [HotPath]
    private bool TryTakeNext(int stream, ref StreamEntry entry, ActiveStream active)
    {
        if (TryFillGap(stream, ref entry, active)) return true;
        if (active.Held is { Count: > 0 } held && IsTurnOf(stream, active, held))
        {
            Frame due = held.TakeFirst();
            _held--;
            _deferred = 0;
            Arrive(stream, ref entry, active, in due, Advance(stream, due.Seq));
            return true;
        }
        if (active.IsToEnd || !_queues.TryDequeue(ref active.Frames, out Frame frame)) return false;
        if (!IsNew(stream, in frame)) Drop(active, in frame, ref _counters.Repeated);
        else if (frame.Kind != FrameKind.Data || frame.Seq < 0) Arrive(stream, ref entry, active, in frame, missing: 0);
        else if (IsInOrder(stream, ref entry, active, in frame, out long missing)) Arrive(stream, ref entry, active, in frame, missing);
        return true;
    }

    private bool IsTurnOf(int stream, ActiveStream active, HeldFrames held)
        => held.Count > _order.Window || held.First.Seq <= Math.Max(_producers[stream].Last + 1, held.LetGoTo) || active.IsToEnd || _queues.BeginsWithControl(in active.Frames);

    /// <summary>True if a frame that was counted is to be taken now. Otherwise it was held or dropped.</summary>
    private bool IsInOrder(int stream, ref StreamEntry entry, ActiveStream active, in Frame frame, out long missing)
    {
        missing = 0;
        if (stream >= _producers.Length) Array.Resize(ref _producers, _streams.Length);
        ref ProducerTrack producer = ref _producers[stream];
        bool mayBeFirst = producer.Last >= 0 || _order.Window == 0 || frame.Seq == 0;
        switch (mayBeFirst ? producer.PlaceOf(frame.Seq) : SeqPlace.Early)
        {
            case SeqPlace.Next:
                producer.Advance(frame.Seq);
                return true;
            case SeqPlace.Early when _order.Window == 0:
                missing = Advance(stream, frame.Seq);
                return true;
            case SeqPlace.Early:
                Open(stream, ref entry, active);
                Hold(active, in frame);
                return false;
            case SeqPlace.Late:
                producer.Note(frame.Seq);
                if (_order.Late == LatePolicy.Accept)
                {
                    _counters.Late++;
                    return true;
                }
                Drop(active, in frame, ref _counters.Late);
                return false;
            default:
                Drop(active, in frame, ref _counters.Duplicates);
                return false;
        }
    }

    private long Advance(int stream, long seq)
    {
        long missing = _producers[stream].Advance(seq);
        _counters.Missing += missing;
        return missing;
    }

    /// <summary>Holds a frame. One of several of a message, and one for which there is no room, is let go at once with those before it.</summary>
    private void Hold(ActiveStream active, in Frame frame)
    {
        HeldFrames held = active.Held ??= new HeldFrames();
        if (!held.TryAdd(in frame))
        {
            Drop(active, in frame, ref _counters.Duplicates);
            return;
        }
        if (++_held > _order.MostHeld || frame.Receipt == Frame.Unfinished || active.IsInsideMessage) held.LetGoTo = frame.Seq;
    }

    /// <summary>Passes a frame over: the stream is not changed, and the source need not repeat it.</summary>
    private void Drop(ActiveStream active, in Frame frame, ref long count)
    {
        TakeReceipt(active, in frame);
        if (frame.Payload is not null) _payloads.Return(frame.Payload);
        count++;
    }

    /// <summary>The producer begins to count anew.</summary>
    private void ForgetProducer(int stream, ActiveStream active)
    {
        if (active.Held is { } held) held.LetGoTo = -1;
        if (stream < _producers.Length) _producers[stream] = default;
    }
}
