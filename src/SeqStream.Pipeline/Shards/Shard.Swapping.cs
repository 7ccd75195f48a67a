using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Pipeline.Shards;

/// <summary>How a shard changes its model under live streams, between two turns.</summary>
public sealed partial class Shard
{
    private readonly EngineOptions _options;
    private readonly List<int> _toReplay = [];     // streams at the border of a frame that go over to the new model after this turn
    private RecentFrames?[] _recent = [];          // [stream index]; empty unless frames are kept
    private readonly Stack<RecentFrames> _spareRecent = new();
    private ServedModel? _former;                  // until its last stream has left
    private bool _isReplaying;

    /// <summary>Streams that are still the old model's.</summary>
    internal int FormerStreams => _former?.Executor.LiveStreams ?? 0;

    /// <summary>Makes everything ready for another model; nothing is changed yet.</summary>
    /// <exception cref="InvalidOperationException">Streams are still on the model before this one.</exception>
    /// <exception cref="StateSnapshotException">A front end or decoder does not take over what the old one remembers.</exception>
    internal PreparedSwap PrepareSwap(StageFactory next, SwapPolicy policy)
    {
        if (FormerStreams > 0) throw new InvalidOperationException($"{FormerStreams} streams of a shard are still on the model before this one. Change the model again when StreamEngine.FormerStreams is 0, or end those streams.");
        ServedModel model = new(next, _options);
        if (policy != SwapPolicy.Carry) return new PreparedSwap(model, () => KeepFormer(model, policy == SwapPolicy.Replay));
        try
        {
            List<MovedStream> moved = MoveStreams(model);
            return new PreparedSwap(model, () => Carry(model, moved));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private List<MovedStream> MoveStreams(ServedModel model)
    {
        List<MovedStream> moved = [];
        byte[] row = new byte[_model.Executor.Signature.Layout.RowBytes];
        for (int stream = 0; stream < _streams.Length; stream++)
        {
            ref StreamEntry entry = ref _streams[stream];
            if (!entry.HasState) continue;
            int slot = model.Executor.Rent();
            _model.Executor.Save(entry.Slot, row);
            model.Executor.Restore(slot, row);
            ActiveStream? active = entry.ActivePlusOne == 0 ? null : _active[entry.ActivePlusOne - 1];
            moved.Add(new MovedStream(stream, slot, Move(active?.FrontEnd, model), Move(active?.Decoder, model)));
        }
        return moved;
    }

    private IFrontEnd? Move(IFrontEnd? from, ServedModel model)
    {
        if (from is null) return null;
        IFrontEnd to = model.RentFrontEnd();
        _part.Clear();
        from.Save(_part);
        StateReader reader = new(_part.Written);
        to.Restore(ref reader);
        return to;
    }

    private IDecoder? Move(IDecoder? from, ServedModel model)
    {
        if (from is null) return null;
        IDecoder to = model.RentDecoder();
        _part.Clear();
        from.Save(_part);
        StateReader reader = new(_part.Written);
        to.Restore(ref reader);
        return to;
    }

    private void Carry(ServedModel model, List<MovedStream> moved)
    {
        ForgetIdleParts();
        foreach (MovedStream stream in moved)
        {
            ref StreamEntry entry = ref _streams[stream.Stream];
            entry.SlotPlusOne = stream.Slot + 1;
            if (entry.ActivePlusOne == 0) continue;
            ActiveStream active = _active[entry.ActivePlusOne - 1];
            (active.FrontEnd, active.Decoder) = (stream.FrontEnd, stream.Decoder);
        }
        _model.Dispose();
        _model = model;
    }

    private void KeepFormer(ServedModel model, bool isReplaying)
    {
        ForgetIdleParts();
        for (int stream = 0; stream < _streams.Length; stream++) _streams[stream].IsFormer = _streams[stream].HasState;
        (_former, _model, _isReplaying) = (_model, model, isReplaying);
        ReleaseFormer();
    }

    /// <summary>Streams without state begin with parts of the new model.</summary>
    private void ForgetIdleParts()
    {
        foreach (StreamEntry entry in _streams)
        {
            if (entry.HasState || entry.ActivePlusOne == 0) continue;
            ActiveStream active = _active[entry.ActivePlusOne - 1];
            (active.FrontEnd, active.Decoder) = (null, null);
        }
    }

    /// <summary>True if a stream at the border of a frame must go over to the new model before it takes another.</summary>
    [HotPath]
    private bool MustReplay(int stream, in StreamEntry entry, ActiveStream active)
    {
        if (!_isReplaying || !entry.IsFormer || active.IsToEnd || active.Frames.IsEmpty) return false;
        _toReplay.Add(stream);
        return true;
    }

    /// <summary>Ends what a turn left to do for a change of the model.</summary>
    private void GoOver()
    {
        foreach (int stream in _toReplay) Replay(stream);
        _toReplay.Clear();
        ReleaseFormer();
    }

    private void ReleaseFormer()
    {
        if (_former is not { Executor.LiveStreams: 0 }) return;
        _former.Dispose();
        _former = null;
    }

    /// <summary>Steps the stream's newest frames on the new model, whose answers nobody hears, and leaves the old one.</summary>
    private void Replay(int stream)
    {
        ref StreamEntry entry = ref _streams[stream];
        ActiveStream active = _active[entry.ActivePlusOne - 1];
        _former!.Executor.Return(entry.Slot);
        entry.IsFormer = false;
        entry.SlotPlusOne = _model.Executor.Rent() + 1;
        (active.FrontEnd, active.Decoder) = (_model.RentFrontEnd(), _model.RentDecoder());
        RecentFrames? recent = stream < _recent.Length ? _recent[stream] : null;
        for (int at = 0; at < (recent?.Count ?? 0); at++) Replay(entry.Slot, active, recent!, at);
    }

    private void Replay(int slot, ActiveStream active, RecentFrames recent, int at)
    {
        const int lane = 0;
        if (!active.FrontEnd!.Accept(recent.Payload(at), recent.Time(at)).IsAccepted) return;
        long step = recent.Steps(at);
        ReadOnlySpan<int> slots = [slot];
        while (true)
        {
            StepNote note = new() { Time = double.NaN };
            if (!active.TryNext(new StepInputs(_model.Executor, lane), ref note)) return;
            _model.Executor.Step(slots);
            _counters.Replayed++;
            if (!note.IsWarmUp) active.Decoder!.Accept(new StepResult(_model.Executor, lane, step++, in note), _silence);
        }
    }

    private void KeepRecent(int stream, FramePayload payload, double time, long steps)
    {
        if (_options.KeptFrames == 0) return;
        if (stream >= _recent.Length) Array.Resize(ref _recent, _streams.Length);
        if (_recent[stream] is null && !_spareRecent.TryPop(out _recent[stream])) _recent[stream] = new RecentFrames(_options.KeptFrames);
        _recent[stream]!.Add(payload, time, steps);
    }

    private void ForgetRecent(int stream)
    {
        if (stream >= _recent.Length || _recent[stream] is not { } recent) return;
        recent.Clear();
        _spareRecent.Push(recent);
        _recent[stream] = null;
    }

    private readonly record struct MovedStream(int Stream, int Slot, IFrontEnd? FrontEnd, IDecoder? Decoder);
}
