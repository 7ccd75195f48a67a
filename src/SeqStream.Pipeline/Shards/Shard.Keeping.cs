using System.Runtime.InteropServices;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.State;

namespace SeqStream.Pipeline.Shards;

/// <summary>How a shard keeps its streams beyond its own life: what changed goes into checkpoints, quiet streams go to rest, and come back with their next frame.</summary>
public sealed partial class Shard
{
    private readonly ShardKeeping? _keeping;
    private readonly List<int> _dirty = [];
    private readonly List<long> _taken = [];   // receipts of frames that the next checkpoint contains
    private readonly StateWriter _record = new();
    private readonly StateWriter _part = new();
    private StreamTrack[] _tracks = [];        // [stream index]
    private int _sweepAt;
    private int _deferred;                     // of the changed streams, those that the last checkpoint left out
    private int _insideMessages;               // streams that have taken a part of a message: the source would repeat all of it

    /// <summary>True while a stream has taken a part of a message only; no checkpoint can be made then.</summary>
    internal bool IsInsideMessage => _insideMessages > 0;

    /// <summary>True if something changed since the last checkpoint.</summary>
    internal bool HasChanges => _dirty.Count > _deferred || _taken.Count > 0;

    /// <summary>Receipts that wait for a checkpoint.</summary>
    internal int WaitingReceipts => _taken.Count;

    /// <summary>Timestamp of the clock, set before each turn.</summary>
    internal long Now { get; set; }

    /// <summary>Goes on with stored streams that had work left. Before the first turn.</summary>
    internal void WakeBusy()
    {
        if (_keeping is null) return;
        foreach (StreamId stream in _keeping.Busy)
        {
            if (stream.Index >= _streams.Length) GrowStreams(stream.Index);
            ActiveStream active = Activate(ref _streams[stream.Index]);
            if (active.Phase == StreamPhase.Idle) active.Phase = StreamPhase.Ready;
            _ready.Enqueue(stream.Index);
        }
    }

    /// <summary>
    /// Hands over what changed, behind the emissions that the changes led to. Between turns. False if both checkpoints are still on their way, or
    /// a stream has taken a part of a message only.
    /// </summary>
    internal bool TryCheckpoint()
    {
        if (_insideMessages > 0) return false;
        if (!_keeping!.TryBegin(out PendingCheckpoint? pending)) return false;
        KeepChanged(pending!.Content);
        pending!.Content.Acknowledge(CollectionsMarshal.AsSpan(_taken));
        _taken.Clear();
        _keeping.Issue(pending);
        Emission barrier = _outlet.Rent();
        barrier.Kind = EmissionKind.Barrier;
        barrier.Barrier = pending;
        _outlet.Pass(barrier);
        return true;
    }

    /// <summary>Adds what changed to a checkpoint. A stream that holds frames of a source that is read again stays as it was stored, since its place says that it contains them.</summary>
    private void KeepChanged(Checkpoint checkpoint)
    {
        _deferred = 0;
        foreach (int stream in _dirty)
        {
            if (_keeping!.Options.IsReplayed && _held > 0 && IsHolding(in _streams[stream])) _dirty[_deferred++] = stream;
            else Keep(stream, checkpoint);
        }
        _dirty.RemoveRange(_deferred, _dirty.Count - _deferred);
    }

    private bool IsHolding(in StreamEntry entry) => entry.ActivePlusOne != 0 && _active[entry.ActivePlusOne - 1].Holds;

    /// <summary>Frees the memory of streams that were quiet for long and whose newest record is stored; looks at some of them at each call. Between turns.</summary>
    /// <param name="most">Entries to look at.</param>
    /// <param name="before">Timestamp before which a stream's last frame must have come.</param>
    internal void PutToRest(int most, long before)
    {
        long stored = _keeping!.StoredNumber;
        for (most = Math.Min(most, _streams.Length); most > 0; most--)
        {
            if (_sweepAt >= _streams.Length) _sweepAt = 0;
            ref StreamEntry entry = ref _streams[_sweepAt];
            if (entry is { IsAwake: true, IsDirty: false } && _sweepAt < _tracks.Length && _tracks[_sweepAt].Seen < before && _tracks[_sweepAt].Checkpoint <= stored) Sleep(_sweepAt, ref entry);
            _sweepAt++;
        }
    }

    private void Sleep(int stream, ref StreamEntry entry)
    {
        if (entry.ActivePlusOne != 0)
        {
            ActiveStream active = _active[entry.ActivePlusOne - 1];
            if (active.Phase != StreamPhase.Idle || active.Holds) return;
            Close(stream, ref entry, active);
            Rest(ref entry);
        }
        else if (entry.HasState)
        {
            _model.Executor.Return(entry.Slot);
        }
        entry.SlotPlusOne = 0;
        entry.Steps = 0;
        entry.IsAwake = false;
        _counters.Sleeps++;
    }

    /// <summary>Notes that a stream is about to change.</summary>
    [HotPath]
    private void Touch(int stream, ref StreamEntry entry, ActiveStream active)
    {
        if (_keeping is null) return;
        if (stream >= _tracks.Length) Array.Resize(ref _tracks, _streams.Length);
        if (!entry.IsAwake) Wake(stream, ref entry, active);
        if (entry.IsDirty) return;
        entry.IsDirty = true;
        _dirty.Add(stream);
    }

    /// <summary>False if the stream's record contains a frame already.</summary>
    [HotPath]
    private bool IsNew(int stream, in Frame frame)
    {
        if (_keeping is null) return true;
        ref StreamTrack track = ref _tracks[stream];
        track.Seen = Now;
        return !_keeping.Options.IsReplayed || track.Place.TryAdvance(frame.Position);
    }

    /// <summary>Takes the receipt of a frame that is about to be taken or dropped.</summary>
    [HotPath]
    private void TakeReceipt(ActiveStream active, in Frame frame)
    {
        if (_keeping is null)
        {
            active.Receipt = frame.Receipt;
            return;
        }
        bool isInside = frame.Receipt == Frame.Unfinished;
        if (isInside != active.IsInsideMessage) _insideMessages += isInside ? 1 : -1;
        active.IsInsideMessage = isInside;
        if (frame.Receipt > 0) _taken.Add(frame.Receipt);
    }

    /// <summary>Brings a stream back from the store, if it has a record there.</summary>
    private void Wake(int stream, ref StreamEntry entry, ActiveStream active)
    {
        entry.IsAwake = true;
        ReadOnlySpan<byte> name = _keeping!.Names.Utf8Name(new StreamId(stream));
        if (!_keeping.Options.Store.TryRead(_keeping.Options.Route, name, _record)) return;
        try
        {
            Restore(stream, ref entry, active, name);
        }
        catch (StateSnapshotException) when (_keeping.Options.OnLostState == LostStatePolicy.BeginAnew)
        {
            BeginAnew(stream, ref entry, active);
        }
        catch (StateSnapshotException fault)
        {
            throw new CheckpointException($"Stream '{Encoding.UTF8.GetString(name)}' of route '{_keeping.Options.Route}' cannot go on: {fault.Message} Or remove the stream from the state directory to let it begin anew.", fault);
        }
    }

    /// <summary>Forgets what was restored so far of a stream whose record cannot be used, and tells that its sequence is over.</summary>
    private void BeginAnew(int stream, ref StreamEntry entry, ActiveStream active)
    {
        _counters.LostInRestart++;
        Close(stream, ref entry, active);
        active.Latest.Clear();
        active.Phase = StreamPhase.Ready;
        _tracks[stream].Place = default;
        if (stream < _producers.Length) _producers[stream] = default;
        Emission end = _outlet.Rent();
        (end.Kind, end.Step, end.Reason) = (EmissionKind.End, 0, EndReason.LostInRestart);
        _outlet.Stream = new StreamId(stream);
        _outlet.Write(end);
    }

    private void Restore(int stream, ref StreamEntry entry, ActiveStream active, ReadOnlySpan<byte> name)
    {
        StreamRecord record = StreamRecord.Open(_record.Written, _model.Executor.Signature, name);
        StateReader shard = new(record.Shard);
        bool isOpen = shard.ReadBool();
        _tracks[stream].Place = new SourcePlace(record.Position, shard.ReadInt(0, int.MaxValue));
        if (!isOpen)
        {
            RestoreProducer(stream, ref shard);
            return;
        }
        Open(stream, ref entry, active);
        entry.Steps = record.Steps;
        _model.Executor.Restore(entry.Slot, record.Row);
        if (!record.FrontEnd.IsEmpty)
        {
            StateReader frontEnd = new(record.FrontEnd);
            active.FrontEnd!.Restore(ref frontEnd);
        }
        if (!record.Decoder.IsEmpty)
        {
            StateReader decoder = new(record.Decoder);
            active.Decoder!.Restore(ref decoder);
        }
        StreamPhase phase = (StreamPhase)shard.ReadInt(0, (int)StreamPhase.Flushing);
        if (phase is StreamPhase.Ending or StreamPhase.Flushing) active.Phase = phase;
        active.Latest.Restore(ref shard);
        active.Notes.Restore(ref shard, Math.Max(_model.MostUnanswered, 1));
        RestoreProducer(stream, ref shard);
        _counters.Wakes++;
    }

    private void RestoreProducer(int stream, ref StateReader reader)
    {
        if (reader.Left == 0) return;
        ProducerTrack producer = ProducerTrack.Restore(ref reader);
        if (stream >= _producers.Length) Array.Resize(ref _producers, _streams.Length);
        _producers[stream] = producer;
    }

    /// <summary>Adds a stream's record to a checkpoint, or its removal if it remembers nothing.</summary>
    private void Keep(int stream, Checkpoint checkpoint)
    {
        ref StreamEntry entry = ref _streams[stream];
        ref StreamTrack track = ref _tracks[stream];
        entry.IsDirty = false;
        track.Checkpoint = _keeping!.NextNumber;
        ReadOnlySpan<byte> name = _keeping.Names.Utf8Name(new StreamId(stream));
        ActiveStream? active = entry.ActivePlusOne == 0 ? null : _active[entry.ActivePlusOne - 1];
        if (!entry.HasState && !_keeping.Options.IsReplayed)
        {
            checkpoint.Remove(name);
            return;
        }
        StreamRecord.Begin(_record, _model.Executor.Signature, name, entry.Steps, track.Place.Position, out Span<byte> row);
        row.Clear();
        if (entry.HasState) _model.Executor.Save(entry.Slot, row);
        KeepPart(active?.FrontEnd is { IsIdle: false } frontEnd ? frontEnd.Save : null);
        KeepPart(active?.Decoder is { IsIdle: false } decoder ? decoder.Save : null);
        _part.Clear();
        _part.Write(entry.HasState);
        _part.Write(track.Place.Frames);
        if (entry.HasState) KeepActive(active);
        if (stream < _producers.Length) _producers[stream].Save(_part);
        _record.Write(_part.Written);
        StreamRecord.Seal(_record);
        checkpoint.Store(name, _record, isBusy: active is { Phase: not StreamPhase.Idle });
    }

    private void KeepPart(Action<StateWriter>? save)
    {
        _part.Clear();
        save?.Invoke(_part);
        _record.Write(_part.Written);
    }

    private void KeepActive(ActiveStream? active)
    {
        active ??= _quiet;
        _part.Write((int)active.Phase);
        active.Latest.Save(_part);
        active.Notes.Save(_part);
    }

    /// <summary>Stands for streams that remember nothing but their row.</summary>
    private readonly ActiveStream _quiet = new(-1);
}
