using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a shard does where frames of a stream are missing, by their times or their producer's counters.</summary>
public sealed partial class Shard
{
    private const double LongestStep = 1.5;   // of the clock's steps
    private readonly GapOptions _gaps;
    private readonly double _clockSeconds;

    /// <summary>Takes a frame whose turn it is, or, where frames before it are missing, what fills the gap first.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="active">Its active part.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="missing">Frames before it that are missing by the producer's counter.</param>
    [HotPath]
    private void Arrive(int stream, ref StreamEntry entry, ActiveStream active, in Frame frame, long missing)
    {
        if (frame.Kind == FrameKind.Data && (missing > 0 || _clockSeconds > 0) && !MayGoOn(stream, ref entry, active, in frame, missing)) return;
        TakeReceipt(active, in frame);
        Take(stream, ref entry, active, in frame);
    }

    /// <summary>Takes the next frame that fills a gap, or the one behind the gap. False if there is no gap.</summary>
    private bool TryFillGap(int stream, ref StreamEntry entry, ActiveStream active)
    {
        if (active.Fill is not { Next.Payload: not null } fill) return false;
        if (fill.Left > 0)
        {
            double time = fill.Take();
            _counters.Filled++;
            if (!active.FrontEnd!.Accept(fill.Last, time).IsAccepted) return true;
            active.Keep(fill.Last);
            KeepRecent(stream, fill.Last, time, entry.Steps);
            return true;
        }
        Frame next = fill.Next;
        fill.Next = default;
        TakeReceipt(active, in next);
        Take(stream, ref entry, active, in next);
        return true;
    }

    /// <summary>Notes a frame's time. False if the frame waits until the gap before it is filled.</summary>
    private bool MayGoOn(int stream, ref StreamEntry entry, ActiveStream active, in Frame frame, long missing)
    {
        if (stream >= _producers.Length) Array.Resize(ref _producers, _streams.Length);
        ref ProducerTrack producer = ref _producers[stream];
        double before = producer.Time, passed = frame.Time - before;
        if (_clockSeconds > 0 && passed > LongestStep * _clockSeconds) missing = Math.Max(missing, (long)Math.Min(int.MaxValue, Math.Round(passed / _clockSeconds) - 1));
        if (!double.IsNaN(frame.Time) && !(passed <= 0)) producer.Time = frame.Time;
        if (missing == 0) return true;
        _counters.Gaps++;
        switch (_gaps.Policy)
        {
            case GapPolicy.Reset:
                Close(stream, ref entry, active);
                producer.Time = frame.Time;
                return true;
            case GapPolicy.Fill when active.Fill is { HasLast: true } fill:
                Open(stream, ref entry, active);
                fill.Begin(in frame, Math.Min(missing, _gaps.MostFilled), before, passed / (missing + 1));
                return false;
            default:
                return true;
        }
    }
}
