using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Pipeline;

/// <summary>
/// Serves many live streams of one model: frames go in at one end of a channel, emissions come out at the other. Frames of a stream are stepped in
/// the order in which they were written. Any thread may write; emissions have one reader.
/// </summary>
public sealed class StreamEngine : IAsyncDisposable
{
    private readonly Shard[] _shards;
    private readonly ShardThread[] _threads;
    private readonly List<DroppingChannel> _dropping = [];
    private readonly Channel<Emission> _emissions;
    private readonly CancellationTokenSource _stop = new();   // never disposed: it holds memory only, and who stops the engine need not know whether it is over
    private readonly CheckpointWriter? _writer;
    private readonly EngineOptions _options;
    private readonly Task _completion;
    private volatile StageFactory _stages;
    private Exception? _fault;
    private int _isSwapping;
    private int _disposed;

    /// <summary>Starts the shards.</summary>
    /// <param name="stages">Front ends, executor and decoders of the model.</param>
    /// <param name="options">Threads, batch and queue sizes; null for the defaults.</param>
    /// <param name="faults">Told of refused frames; null to ignore them.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public StreamEngine(StageFactory stages, EngineOptions? options = null, IFaultReporter? faults = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(stages);
        options ??= new EngineOptions();
        options.Validate();
        (_stages, _options) = (stages, options);
        // As many as may be under way at once: if fewer were kept, full queues would make garbage of every frame.
        Pools = new RoutePools(new PayloadPool(options.Threads * (2 * options.FrameCapacity + 2)), new EmissionPool(options.EmissionCapacity + options.Threads + 1));
        _emissions = Channel.CreateBounded<Emission>(new BoundedChannelOptions(options.EmissionCapacity) { SingleReader = true, SingleWriter = options.Threads == 1 });
        _shards = new Shard[options.Threads];
        _threads = new ShardThread[options.Threads];
        Channel<Frame>[] frames = [.. Enumerable.Range(0, options.Threads).Select(_ => FramesOf(options))];
        ChannelWriter<Frame>[] writers = Array.ConvertAll(frames, static shard => shard.Writer);
        Frames = writers.Length == 1 ? writers[0] : new ShardRouter(writers, Streams);
        List<StreamId>[]? busy = options.Durability is null ? null : BusyStreams(options.Durability, options.Threads);
        _writer = options.Durability is null ? null : new CheckpointWriter(options.Durability, options.Receipts, Fail, time ?? TimeProvider.System);
        for (int i = 0; i < options.Threads; i++)
        {
            ShardKeeping? keeping = _writer is null ? null : new ShardKeeping(options.Durability!, Streams, _writer, i, busy![i]);
            _shards[i] = new Shard(stages, options, frames[i].Reader, _emissions.Writer, Pools, faults ?? SilentFaults.Instance, Streams, keeping, _stop.Token);
            _threads[i] = new ShardThread(_shards[i], i, frames[i].Reader, keeping, options, time ?? TimeProvider.System, Fail, _stop.Token);
        }
        _completion = CompleteAsync();
    }

    /// <summary>What a frame takes and answers.</summary>
    public StepSignature Signature => _stages.Signature;

    /// <summary>Streams that are still on the model before this one, after <see cref="SwapAsync"/>.</summary>
    public int FormerStreams => _shards.Sum(static shard => shard.FormerStreams);

    /// <summary>Names of streams and their ids.</summary>
    public StreamDirectory Streams { get; } = new();

    /// <summary>Buffers that come back for reuse.</summary>
    public RoutePools Pools { get; }

    /// <summary>Where frames go in. Completing it lets the engine step what is left and end.</summary>
    public ChannelWriter<Frame> Frames { get; }

    /// <summary>Where emissions come out; completes when everything is stepped. Return each emission to <c>Pools.Emissions</c>.</summary>
    public ChannelReader<Emission> Emissions => _emissions.Reader;

    /// <summary>What all shards have done so far.</summary>
    public ShardCounters Counters
    {
        get
        {
            ShardCounters sum = default;
            foreach (Shard shard in _shards) sum += shard.Counters;
            foreach (DroppingChannel frames in _dropping) sum.Dropped += frames.Dropped;
            return sum;
        }
    }

    /// <summary>Streams that hold state in memory; a reader on another thread may be a few turns behind.</summary>
    public int LiveStreams => _shards.Sum(static shard => shard.LiveStreams);

    /// <summary>Checkpoints that were stored, with the clock's timestamp of the last one; zeros if streams are not kept.</summary>
    public (long Count, long At) StoredCheckpoints => _writer is null ? default : (_writer.Stored, _writer.StoredAt);

    /// <summary>[shard] what each shard's thread is doing just now.</summary>
    public ShardPulse[] Pulses() => Array.ConvertAll(_threads, static thread => thread.Pulse);

    /// <summary>Completes when everything is stepped, or with the fault that ended the engine.</summary>
    public Task Completion => _completion;

    /// <summary>Writes one frame's features of a stream, waiting while the engine is behind.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="features">Values of the model's first input.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask WriteAsync(string stream, ReadOnlySpan<float> features, CancellationToken cancellation = default)
    {
        FramePayload payload = Pools.Payloads.Rent();
        payload.BeginSegment(0, isInteger: false);
        payload.Add(features);
        return Frames.WriteAsync(new Frame { Stream = Streams.Intern(stream), Kind = FrameKind.Data, Time = double.NaN, Payload = payload }, cancellation);
    }

    /// <summary>Ends a stream's sequence: what was held back is emitted, then its memory is cleared.</summary>
    public ValueTask EndAsync(string stream, CancellationToken cancellation = default)
        => Frames.WriteAsync(new Frame { Stream = Streams.Intern(stream), Kind = FrameKind.End, Time = double.NaN }, cancellation);

    /// <summary>
    /// Changes the model under live streams, between two turns of every shard. No frame is lost and none is stepped twice; all shards change or none. Completes when frames that come are the new
    /// model's; with <see cref="SwapPolicy.Drain"/> and <see cref="SwapPolicy.Replay"/> streams may be on the old one for longer, see <see cref="FormerStreams"/>.
    /// </summary>
    /// <param name="next">The new model, with the same inputs.</param>
    /// <param name="policy">What happens to what streams remember.</param>
    /// <exception cref="ArgumentException">The model does not fit the policy or the feed.</exception>
    /// <exception cref="InvalidOperationException">The streams are kept, another change is going on, or streams are still on the model before this one.</exception>
    /// <exception cref="State.StateSnapshotException">A front end or decoder does not take over what the old one remembers; every stream stays with the old model.</exception>
    public async Task SwapAsync(StageFactory next, SwapPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (_writer is not null) throw new InvalidOperationException($"The streams of route '{_options.Durability!.Route}' are kept, and a stored stream fits only the weights it was made with. Stop the route, remove its streams or name another route, and start it with model '{next.Signature.ModelName}'.");
        if (Interlocked.Exchange(ref _isSwapping, 1) != 0) throw new InvalidOperationException("Another change of the model is going on. Wait until its SwapAsync completes.");
        try
        {
            SwapFit.Check(_stages, next, policy, _options);
            ModelSwap swap = new(next, policy, _threads.Length);
            foreach (ShardThread thread in _threads) thread.Post(swap);
            await swap.Completion.ConfigureAwait(false);
            _stages = next;
        }
        finally
        {
            Interlocked.Exchange(ref _isSwapping, 0);
        }
    }

    /// <summary>Takes no more frames and steps what is left. Then every sequence that is still open ends, so that all its answers come; streams that are kept go on in the next run instead.</summary>
    public void EndAll()
    {
        foreach (ShardThread thread in _threads) thread.EndsStreams = _writer is null;
        Frames.TryComplete();
    }

    /// <summary>Stops at once: frames not yet stepped are dropped. Any thread, at any time.</summary>
    public void Stop()
    {
        Frames.TryComplete();
        _stop.Cancel();
    }

    /// <summary>Stops the shards and frees their memory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Stop();
        await _completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Shard shard in _shards) shard.Dispose();
    }

    private Channel<Frame> FramesOf(EngineOptions options)
    {
        if (options.WhenBehind == OverflowPolicy.Wait) return Channel.CreateBounded<Frame>(new BoundedChannelOptions(options.FrameCapacity) { SingleReader = true });
        DroppingChannel frames = new(options.WhenBehind, options.FrameCapacity, Pools.Payloads, options.Receipts);
        _dropping.Add(frames);
        return frames;
    }

    /// <summary>The engine is over when all its threads are, even after a fault: what they use is freed then.</summary>
    private async Task CompleteAsync()
    {
        await Task.WhenAll(_threads.Select(static thread => thread.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_fault is null) _emissions.Writer.TryComplete();
        if (_writer is not null) await EndCheckpointsAsync(_writer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
    }

    /// <summary>Stores what the reader of emissions has delivered. After a stop no more is delivered.</summary>
    private async Task EndCheckpointsAsync(CheckpointWriter writer)
    {
        using (_stop.Token.UnsafeRegister(static state => ((CheckpointWriter)state!).Complete(), writer)) await writer.SettleAsync().ConfigureAwait(false);
        writer.Complete();
        await writer.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends everything because of a fault; the first one is that of the engine. Called by the engine's own threads before they end.</summary>
    private void Fail(Exception fault)
    {
        fault = Interlocked.CompareExchange(ref _fault, fault, null) ?? fault;
        _emissions.Writer.TryComplete(fault);
        Stop();
    }

    /// <summary>[shard] the stored streams that have work to go on with.</summary>
    private List<StreamId>[] BusyStreams(DurabilityOptions options, int shards)
    {
        List<StreamId>[] busy = [.. Enumerable.Range(0, shards).Select(static _ => new List<StreamId>())];
        foreach (byte[] name in options.Store.BusyStreams(options.Route))
        {
            StreamId stream = Streams.Intern(name);
            busy[Streams.StableHashOf(stream) % (uint)shards].Add(stream);
        }
        return busy;
    }

    private sealed class SilentFaults : IFaultReporter
    {
        public static readonly SilentFaults Instance = new();

        public void Report(in RecordFault fault)
        {
        }
    }
}
