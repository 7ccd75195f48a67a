using System.Runtime.InteropServices;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Execution;

namespace SeqStream.Pipeline.Shards;

/// <summary>
/// The single-threaded owner of some streams. One <see cref="Turn"/> admits waiting frames, gathers at most one step of each ready stream into a
/// batch, steps it, and emits what the decoders say. Nobody else can reach the streams' memory, so nothing is locked.
/// </summary>
public sealed partial class Shard : IDisposable
{
    private ServedModel _model;
    private readonly ChannelReader<Frame> _frames;
    private readonly PayloadPool _payloads;
    private readonly IFaultReporter _faults;
    private readonly StreamDirectory? _names;  // for reports
    private readonly EmissionOutlet _outlet;
    private readonly string _source;
    private readonly IReceiptTaker? _receiptTaker;
    private readonly List<long> _receipts = [];
    private readonly FrameQueues _queues;
    private readonly ReadyRing _ready = new();
    private readonly List<ActiveStream> _active = [];
    private readonly Stack<ActiveStream> _idleRecords = new();
    private readonly SilentOutlet _silence;
    private StreamEntry[] _streams = new StreamEntry[64];  // [stream index]
    private ShardCounters _counters;

    /// <summary>Creates a shard with an executor of its own.</summary>
    /// <param name="stages">Front ends, executor and decoders of the model.</param>
    /// <param name="options">Batch and queue sizes.</param>
    /// <param name="frames">The shard's frames; the shard is their only reader.</param>
    /// <param name="emissions">Where emissions go; the shard waits while it is full.</param>
    /// <param name="pools">Payloads and emissions for reuse.</param>
    /// <param name="faults">Told of refused frames.</param>
    /// <param name="cancellation">Ends a wait for room among the emissions.</param>
    public Shard(StageFactory stages, EngineOptions options, ChannelReader<Frame> frames, ChannelWriter<Emission> emissions, RoutePools pools, IFaultReporter faults, CancellationToken cancellation) : this(stages, options, frames, emissions, pools, faults, null, null, cancellation)
    {
    }

    internal Shard(StageFactory stages, EngineOptions options, ChannelReader<Frame> frames, ChannelWriter<Emission> emissions, RoutePools pools, IFaultReporter faults, StreamDirectory? names, ShardKeeping? keeping, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pools);
        _options = options;
        _model = new ServedModel(stages, options);
        _silence = new SilentOutlet(pools.Emissions);
        _frames = frames;
        _payloads = pools.Payloads;
        _faults = faults;
        _names = names;
        _outlet = new EmissionOutlet(emissions, pools.Emissions, cancellation);
        _source = options.Source;
        _receiptTaker = options.Receipts;
        _keeping = keeping;
        _order = options.Order;
        _gaps = options.Gaps;
        _clockSeconds = options.Gaps.Clock.TotalSeconds;
        _mostStreams = (options.MostStreams + options.Threads - 1) / options.Threads;
        _quietOrder = options.MostStreams > 0 || options.IdleAfter > TimeSpan.Zero ? new QuietOrder() : null;
        _queues = new FrameQueues(options.FrameCapacity);
    }

    /// <summary>What the shard has done so far.</summary>
    public ShardCounters Counters => _counters with { Emissions = _outlet.Written };

    /// <summary>Streams that hold state.</summary>
    public int LiveStreams => _model.Executor.LiveStreams + FormerStreams;

    /// <summary>True while it waits for room among the emissions. Any thread.</summary>
    internal bool IsDelivering => _outlet.IsWaiting;

    /// <summary>Does one round of work. Shard thread only. Allocates nothing once buffers have grown to the load.</summary>
    /// <returns>False if there was nothing to do.</returns>
    [HotPath]
    public bool Turn()
    {
        Admit();
        if (_ready.Count == 0) return false;
        Gather();
        Step(_model);
        Emit(_model);
        if (_former is not null) TurnFormer();
        GiveReceipts();
        return true;
    }

    /// <summary>Ends every sequence that is open, as if its feed had said so. Shard thread only, after the last frame is stepped; turns then do the rest.</summary>
    public void EndAll()
    {
        for (int stream = 0; stream < _streams.Length; stream++)
        {
            if (_streams[stream].HasState) AskToEnd(stream, EndReason.Ended);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _former?.Dispose();
    }

    /// <summary>The same for streams that are still the old model's.</summary>
    private void TurnFormer()
    {
        Step(_former!);
        Emit(_former!);
        GoOver();
    }

    private void Admit()
    {
        while (_queues.HasRoom && _frames.TryRead(out Frame frame))
        {
            _counters.Frames++;
            int stream = frame.Stream.Index;
            if (stream >= _streams.Length) GrowStreams(stream);
            ActiveStream active = Activate(ref _streams[stream]);
            _queues.Enqueue(ref active.Frames, in frame);
            if (active.Phase != StreamPhase.Idle) continue;
            active.Phase = StreamPhase.Ready;
            _ready.Enqueue(stream);
        }
    }

    private ActiveStream Activate(ref StreamEntry entry)
    {
        if (entry.ActivePlusOne != 0) return _active[entry.ActivePlusOne - 1];
        if (!_idleRecords.TryPop(out ActiveStream? active)) _active.Add(active = new ActiveStream(_active.Count));
        entry.ActivePlusOne = active.Index + 1;
        return active;
    }

    private ServedModel ModelOf(in StreamEntry entry) => entry.IsFormer ? _former! : _model;

    private void Gather()
    {
        _waiting = 0;
        _model.Clear();
        _former?.Clear();
        int candidates = _ready.Count;
        while (candidates-- > 0 && !(_model.IsFull && _former is null or { IsFull: true }))
        {
            int stream = _ready.Dequeue();
            ref StreamEntry entry = ref _streams[stream];
            LaneFill fill = FillLane(stream, ref entry);
            if (fill == LaneFill.Nothing)
            {
                Rest(ref entry);
                continue;
            }
            _ready.Enqueue(stream);
            if (fill == LaneFill.Ready) ModelOf(in entry).Join(stream, entry.Slot);
        }
    }

    private void Step(ServedModel model)
    {
        if (model.Lanes == 0) return;
        model.Step();
        _counters.Batches++;
        _counters.Steps += model.Lanes;
    }

    private void Emit(ServedModel model)
    {
        for (int lane = 0; lane < model.Lanes; lane++)
        {
            int stream = model.StreamOf(lane);
            ref StreamEntry entry = ref _streams[stream];
            ActiveStream active = _active[entry.ActivePlusOne - 1];
            _outlet.Stream = new StreamId(stream);
            for (int group = 0; group < model.Executor.Groups; group++) EmitAnswers(model, group, lane, ref entry, active);
            if (!model.Executor.IsPlain || model.Notes[lane].IsWarmUp) continue;
            _outlet.Source = active.Latest;
            active.Decoder!.Accept(new StepResult(model.Executor, lane, entry.Steps++, in model.Notes[lane]), _outlet);
        }
    }

    /// <summary>Every frame that a step answered is told on its own, with what is known of the frame to which it belongs.</summary>
    private void EmitAnswers(ServedModel model, int group, int lane, ref StreamEntry entry, ActiveStream active)
    {
        FrameAnswers answers = model.Executor.Answers(group, lane);
        for (int at = 0; at < answers.Count; at++)
        {
            long frame = answers.First + at;
            FrameNote? note = _outlet.Source = active.Notes.Find(model.Executor.PlaceOf(group, lane, frame));
            entry.Steps = Math.Max(entry.Steps, frame + 1);
            StepNote step = note?.Step ?? new StepNote { Time = double.NaN };
            if (step.IsWarmUp) continue;
            model.Executor.Show(group, answers.At + at);
            active.Decoder!.Accept(new StepResult(model.Executor, lane, frame, in step), _outlet);
        }
    }

    /// <summary>Writes the inputs of a stream's next step, taking frames from its queue as needed.</summary>
    private LaneFill FillLane(int stream, ref StreamEntry entry)
    {
        ActiveStream active = _active[entry.ActivePlusOne - 1];
        Touch(stream, ref entry, active);
        if (entry.HasState) _quietOrder?.Touch(stream, Now);
        while (true)
        {
            ServedModel model = ModelOf(in entry);
            if (model.IsFull) return LaneFill.Waits;
            if (entry.HasState && model.Executor.TryFill(entry.Slot, model.Lanes)) return LaneFill.Ready;
            if (TryTakeFrame(model, ref entry, active, out bool isReady))
            {
                if (isReady) return LaneFill.Ready;
                continue;
            }
            if (active.Phase == StreamPhase.Ending)
            {
                EndFrames(ref entry, active);
                continue;
            }
            if (active.Phase == StreamPhase.Flushing) Finish(stream, ref entry, active);
            Settle(active);
            if (active is { IsToEnd: true, Holds: false })
            {
                active.IsToEnd = false;
                End(stream, ref entry, active);
                continue;
            }
            if (MustWait(in entry, in active.Frames) || MustReplay(stream, in entry, active)) return LaneFill.Waits;
            if (!TryTakeNext(stream, ref entry, active)) return LaneFill.Nothing;
        }
    }

    /// <summary>Takes what the decoder feeds back, else a frame from the front end. False if there is none; the lane is ready if it made a step full.</summary>
    private bool TryTakeFrame(ServedModel model, ref StreamEntry entry, ActiveStream active, out bool isReady)
    {
        isReady = false;
        int lane = model.Lanes;
        ref StepNote note = ref model.Notes[lane];
        note = default;
        note.Time = double.NaN;
        if (!active.TryNext(new StepInputs(model.Executor, lane), ref note)) return false;
        if (!model.Executor.IsPlain) active.Notes.Add(model.Executor.Taken(entry.Slot), model.MostUnanswered, in note, active.Latest.Echo, active.Latest.HasNames);
        isReady = model.Executor.Take(entry.Slot, lane);
        return true;
    }

    private void Take(int stream, ref StreamEntry entry, ActiveStream active, in Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Data:
                Open(stream, ref entry, active);
                FrameVerdict verdict = active.FrontEnd!.Accept(frame.Payload!, frame.Time);
                if (verdict.IsAccepted) Keep(stream, in entry, active, frame.Payload!, frame.Time);
                else Refuse(in frame, verdict);
                _payloads.Return(frame.Payload!);
                break;
            case FrameKind.End:
                ForgetProducer(stream, active);
                if (entry.HasState) End(stream, ref entry, active);
                break;
            default:
                ForgetProducer(stream, active);
                Close(stream, ref entry, active);
                break;
        }
    }

    /// <summary>Keeps of a frame what its answers, or a gap behind it, may need.</summary>
    private void Keep(int stream, in StreamEntry entry, ActiveStream active, FramePayload payload, double time)
    {
        active.Keep(payload);
        KeepRecent(stream, payload, time, entry.Steps);
        if (_gaps.Policy == GapPolicy.Fill) (active.Fill ??= new GapFill()).Keep(payload);
    }

    private void End(int stream, ref StreamEntry entry, ActiveStream active)
    {
        Open(stream, ref entry, active);
        active.FrontEnd!.End();
        active.Phase = StreamPhase.Ending;
    }

    /// <summary>The front end has no more frames: answers that lag come by steps on empty frames.</summary>
    private void EndFrames(ref StreamEntry entry, ActiveStream active)
    {
        FrameExecutor executor = ModelOf(in entry).Executor;
        long taken = executor.Taken(entry.Slot);
        if (!executor.End(entry.Slot)) _counters.TooShort++;
        else _counters.CutFrames += taken - executor.Taken(entry.Slot);
        active.Phase = StreamPhase.Flushing;
    }

    /// <summary>All that the frame taken last led to has been emitted.</summary>
    private void Settle(ActiveStream active)
    {
        if (active.Receipt > 0 && _receiptTaker is not null) _receipts.Add(active.Receipt);
        active.Receipt = 0;
    }

    private void GiveReceipts()
    {
        if (_receipts.Count == 0) return;
        _receiptTaker!.Acknowledge(CollectionsMarshal.AsSpan(_receipts));
        _receipts.Clear();
    }

    private void Refuse(in Frame frame, FrameVerdict verdict)
    {
        _counters.Refused++;
        _faults.Report(new RecordFault(_source, frame.Position, verdict.Problem!) { Payload = frame.Payload, Stream = _names?.Name(frame.Stream) });
    }

    /// <summary>Gives a stream what it needs to be stepped.</summary>
    private void Open(int stream, ref StreamEntry entry, ActiveStream active)
    {
        if (!entry.HasState)
        {
            entry.SlotPlusOne = _model.Executor.Rent() + 1;
            _quietOrder?.Touch(stream, Now);
        }
        active.FrontEnd ??= ModelOf(in entry).RentFrontEnd();
        active.Decoder ??= ModelOf(in entry).RentDecoder();
    }

    /// <summary>The sequence is complete: the decoder says the rest, the end is announced, memory is given back.</summary>
    private void Finish(int stream, ref StreamEntry entry, ActiveStream active)
    {
        _outlet.Stream = new StreamId(stream);
        _outlet.Source = active.Latest;
        active.Decoder!.End(_outlet);
        Emission end = _outlet.Rent();
        end.Kind = EmissionKind.End;
        end.Step = entry.Steps;
        end.Reason = active.Reason;
        if (active.Reason != EndReason.Ended) _leaving--;
        active.Reason = EndReason.Ended;
        _outlet.Write(end);
        Close(stream, ref entry, active);
        active.Phase = StreamPhase.Ready;
    }

    private void Close(int stream, ref StreamEntry entry, ActiveStream active)
    {
        _quietOrder?.Remove(stream);
        active.Fill?.Clear();
        if (stream < _producers.Length) _producers[stream].Time = double.NaN;
        ForgetRecent(stream);
        if (entry.HasState) ModelOf(in entry).Executor.Return(entry.Slot);
        entry.SlotPlusOne = 0;
        entry.Steps = 0;
        if (entry.IsFormer) (active.FrontEnd, active.Decoder, entry.IsFormer) = (null, null, false);
        active.FrontEnd?.Reset();
        active.Decoder?.Reset();
        GiveBack(_model, active, all: true);
        active.Notes.Clear();
    }

    /// <summary>Lets others use a stream's front end and decoder: those that remember nothing, or all if they were reset.</summary>
    private static void GiveBack(ServedModel model, ActiveStream active, bool all)
    {
        if (active.FrontEnd is { } frontEnd && (all || frontEnd.IsIdle))
        {
            model.Return(frontEnd);
            active.FrontEnd = null;
        }
        if (active.Decoder is { } decoder && (all || decoder.IsIdle))
        {
            model.Return(decoder);
            active.Decoder = null;
        }
    }

    /// <summary>Takes back what remembers nothing, so that a quiet stream costs only its state row and entry.</summary>
    private void Rest(ref StreamEntry entry)
    {
        ActiveStream active = _active[entry.ActivePlusOne - 1];
        active.Phase = StreamPhase.Idle;
        GiveBack(ModelOf(in entry), active, all: false);
        if (active.FrontEnd is not null || active.Decoder is not null || !active.Notes.IsEmpty || active.IsInsideMessage || active.Holds || active.Fill is { HasLast: true }) return;
        active.Latest.Clear();
        _idleRecords.Push(active);
        entry.ActivePlusOne = 0;
    }

    private void GrowStreams(int stream) => Array.Resize(ref _streams, Math.Max(stream + 1, _streams.Length + _streams.Length / 4));
}
