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
    private readonly StageFactory _stages;
    private readonly FrameExecutor _executor;
    private readonly ChannelReader<Frame> _frames;
    private readonly PayloadPool _payloads;
    private readonly IFaultReporter _faults;
    private readonly StreamDirectory? _names;  // for reports
    private readonly EmissionOutlet _outlet;
    private readonly string _source;
    private readonly IReceiptTaker? _receiptTaker;
    private readonly List<long> _receipts = [];
    private readonly int _mostUnanswered;  // newest frames of a stream that may still be answered for
    private readonly FrameQueues _queues;
    private readonly ReadyRing _ready = new();
    private readonly Stack<IFrontEnd> _idleFrontEnds = new();
    private readonly Stack<IDecoder> _idleDecoders = new();
    private readonly List<ActiveStream> _active = [];
    private readonly Stack<ActiveStream> _idleRecords = new();
    private readonly int[] _laneStreams;   // [maxBatch]
    private readonly int[] _laneSlots;     // [maxBatch]
    private readonly StepNote[] _notes;    // [maxBatch]
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
        _stages = stages;
        _executor = new FrameExecutor(stages.Executors.CreateExecutor(options.MaxBatch, options.ExpectedStreams), stages.Timing, options.ExpectedStreams);
        _mostUnanswered = stages.Timing?.MostUnanswered ?? 0;
        _frames = frames;
        _payloads = pools.Payloads;
        _faults = faults;
        _names = names;
        _outlet = new EmissionOutlet(emissions, pools.Emissions, cancellation);
        _source = options.Source;
        _receiptTaker = options.Receipts;
        _keeping = keeping;
        _queues = new FrameQueues(options.FrameCapacity);
        _laneStreams = new int[options.MaxBatch];
        _laneSlots = new int[options.MaxBatch];
        _notes = new StepNote[options.MaxBatch];
    }

    /// <summary>What the shard has done so far.</summary>
    public ShardCounters Counters => _counters with { Emissions = _outlet.Written };

    /// <summary>Streams that hold state.</summary>
    public int LiveStreams => _executor.LiveStreams;

    /// <summary>True while it waits for room among the emissions. Any thread.</summary>
    internal bool IsDelivering => _outlet.IsWaiting;

    /// <summary>Does one round of work. Shard thread only. Allocates nothing once buffers have grown to the load.</summary>
    /// <returns>False if there was nothing to do.</returns>
    [HotPath]
    public bool Turn()
    {
        Admit();
        if (_ready.Count == 0) return false;
        int lanes = Gather();
        Step(lanes);
        Emit(lanes);
        GiveReceipts();
        return true;
    }

    /// <summary>Ends every sequence that is open, as if its feed had said so. Shard thread only, after the last frame is stepped; turns then do the rest.</summary>
    public void EndAll()
    {
        for (int stream = 0; stream < _streams.Length; stream++)
        {
            ref StreamEntry entry = ref _streams[stream];
            if (!entry.HasState) continue;
            End(ref entry, Activate(ref entry));
            _ready.Enqueue(stream);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

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

    private int Gather()
    {
        int lanes = 0;
        int candidates = _ready.Count;
        while (candidates-- > 0 && lanes < _laneSlots.Length)
        {
            int stream = _ready.Dequeue();
            ref StreamEntry entry = ref _streams[stream];
            if (!FillLane(stream, ref entry, lanes))
            {
                Rest(ref entry);
                continue;
            }
            _laneStreams[lanes] = stream;
            _laneSlots[lanes++] = entry.Slot;
            _ready.Enqueue(stream);
        }
        return lanes;
    }

    private void Step(int lanes)
    {
        if (lanes == 0) return;
        _executor.Step(_laneSlots.AsSpan(0, lanes));
        _counters.Batches++;
        _counters.Steps += lanes;
    }

    private void Emit(int lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            ref StreamEntry entry = ref _streams[_laneStreams[lane]];
            ActiveStream active = _active[entry.ActivePlusOne - 1];
            _outlet.Stream = new StreamId(_laneStreams[lane]);
            for (int group = 0; group < _executor.Groups; group++) EmitAnswers(group, lane, ref entry, active);
            if (!_executor.IsPlain || _notes[lane].IsWarmUp) continue;
            _outlet.Source = active.Latest;
            active.Decoder!.Accept(new StepResult(_executor, lane, entry.Steps++, in _notes[lane]), _outlet);
        }
    }

    /// <summary>Every frame that a step answered is told on its own, with what is known of the frame to which it belongs.</summary>
    private void EmitAnswers(int group, int lane, ref StreamEntry entry, ActiveStream active)
    {
        FrameAnswers answers = _executor.Answers(group, lane);
        for (int at = 0; at < answers.Count; at++)
        {
            long frame = answers.First + at;
            FrameNote? note = _outlet.Source = active.Notes.Find(_executor.PlaceOf(group, lane, frame));
            entry.Steps = Math.Max(entry.Steps, frame + 1);
            StepNote step = note?.Step ?? new StepNote { Time = double.NaN };
            if (step.IsWarmUp) continue;
            _executor.Show(group, answers.At + at);
            active.Decoder!.Accept(new StepResult(_executor, lane, frame, in step), _outlet);
        }
    }

    /// <summary>Writes the inputs of a stream's next step, taking frames from its queue as needed. False if the stream has nothing more to step.</summary>
    private bool FillLane(int stream, ref StreamEntry entry, int lane)
    {
        ActiveStream active = _active[entry.ActivePlusOne - 1];
        Touch(stream, ref entry, active);
        while (true)
        {
            if (entry.HasState && _executor.TryFill(entry.Slot, lane)) return true;
            if (TryTakeFrame(ref entry, active, lane, out bool isReady))
            {
                if (isReady) return true;
                continue;
            }
            if (active.Phase == StreamPhase.Ending)
            {
                EndFrames(ref entry, active);
                continue;
            }
            if (active.Phase == StreamPhase.Flushing) Finish(stream, ref entry, active);
            Settle(active);
            if (!_queues.TryDequeue(ref active.Frames, out Frame frame)) return false;
            if (IsNew(stream, active, in frame)) Take(ref entry, active, in frame);
            else PassOver(in frame);
        }
    }

    /// <summary>Takes a frame from the front end. False if it has none; the lane is ready if the frame made a step full.</summary>
    private bool TryTakeFrame(ref StreamEntry entry, ActiveStream active, int lane, out bool isReady)
    {
        isReady = false;
        _notes[lane] = default;
        _notes[lane].Time = double.NaN;
        if (active.FrontEnd is null || !active.FrontEnd.TryNext(new StepInputs(_executor, lane), ref _notes[lane])) return false;
        if (!_executor.IsPlain) active.Notes.Add(_executor.Taken(entry.Slot), _mostUnanswered, in _notes[lane], active.Latest.Echo, active.Latest.HasNames);
        isReady = _executor.Take(entry.Slot, lane);
        return true;
    }

    private void PassOver(in Frame frame)
    {
        if (frame.Payload is not null) _payloads.Return(frame.Payload);
        _counters.Repeated++;
    }

    private void Take(ref StreamEntry entry, ActiveStream active, in Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Data:
                Open(ref entry, active);
                FrameVerdict verdict = active.FrontEnd!.Accept(frame.Payload!, frame.Time);
                if (verdict.IsAccepted) active.Keep(frame.Payload!);
                else Refuse(in frame, verdict);
                _payloads.Return(frame.Payload!);
                break;
            case FrameKind.End:
                if (active.FrontEnd is not null || entry.HasState) End(ref entry, active);
                break;
            default:
                Close(ref entry, active);
                break;
        }
    }

    private void End(ref StreamEntry entry, ActiveStream active)
    {
        Open(ref entry, active);
        active.FrontEnd!.End();
        active.Phase = StreamPhase.Ending;
    }

    /// <summary>The front end has no more frames: answers that lag come by steps on empty frames.</summary>
    private void EndFrames(ref StreamEntry entry, ActiveStream active)
    {
        long taken = _executor.Taken(entry.Slot);
        if (!_executor.End(entry.Slot)) _counters.TooShort++;
        else _counters.CutFrames += taken - _executor.Taken(entry.Slot);
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
    private void Open(ref StreamEntry entry, ActiveStream active)
    {
        if (!entry.HasState) entry.SlotPlusOne = _executor.Rent() + 1;
        active.FrontEnd ??= _idleFrontEnds.TryPop(out IFrontEnd? frontEnd) ? frontEnd : _stages.CreateFrontEnd();
        active.Decoder ??= _idleDecoders.TryPop(out IDecoder? decoder) ? decoder : _stages.CreateDecoder();
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
        _outlet.Write(end);
        Close(ref entry, active);
        active.Phase = StreamPhase.Ready;
    }

    private void Close(ref StreamEntry entry, ActiveStream active)
    {
        if (entry.HasState) _executor.Return(entry.Slot);
        entry.SlotPlusOne = 0;
        entry.Steps = 0;
        active.FrontEnd?.Reset();
        active.Decoder?.Reset();
        active.Notes.Clear();
    }

    /// <summary>Takes back what remembers nothing, so that a quiet stream costs only its state row and entry.</summary>
    private void Rest(ref StreamEntry entry)
    {
        ActiveStream active = _active[entry.ActivePlusOne - 1];
        active.Phase = StreamPhase.Idle;
        if (active.FrontEnd is { IsIdle: true })
        {
            _idleFrontEnds.Push(active.FrontEnd);
            active.FrontEnd = null;
        }
        if (active.Decoder is { IsIdle: true })
        {
            _idleDecoders.Push(active.Decoder);
            active.Decoder = null;
        }
        if (active.FrontEnd is not null || active.Decoder is not null || !active.Notes.IsEmpty || active.IsInsideMessage) return;
        active.Latest.Clear();
        _idleRecords.Push(active);
        entry.ActivePlusOne = 0;
    }

    private void GrowStreams(int stream) => Array.Resize(ref _streams, Math.Max(stream + 1, _streams.Length + _streams.Length / 4));
}
