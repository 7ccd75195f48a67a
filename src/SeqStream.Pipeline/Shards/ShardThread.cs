using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>The thread of a shard: turns while there is work, waits while there is none, ends when its frames are complete and everything is stepped.</summary>
internal sealed class ShardThread
{
    private const int SweepEntries = 1 << 13;
    private static readonly TimeSpan s_longestSweepPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_shortWait = TimeSpan.FromMilliseconds(2);
    private readonly Shard _shard;
    private readonly ChannelReader<Frame> _frames;
    private readonly ShardKeeping? _keeping;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private volatile TaskCompletionSource _nudge = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ModelSwap? _swap;
    private bool _hasEnded;
    private volatile bool _endsStreams;
    private volatile bool _isParked;
    private long _turns;
    private long _checkpointAt;   // when the last one was made
    private long _sweepAt;        // when quiet streams were looked for last
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread.</summary>
    /// <param name="shard">Its streams; only this thread uses it until it has ended.</param>
    /// <param name="index">Of the shard, for the thread's name.</param>
    /// <param name="frames">What comes in.</param>
    /// <param name="keeping">Where its streams are kept; null for nowhere.</param>
    /// <param name="options">The engine's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of the fault that ended the thread early, before it counts as ended.</param>
    /// <param name="cancellation">Ends the thread at once.</param>
    public ShardThread(Shard shard, int index, ChannelReader<Frame> frames, ShardKeeping? keeping, EngineOptions options, TimeProvider time, Action<Exception> failed, CancellationToken cancellation)
    {
        _shard = shard;
        _keeping = keeping;
        _frames = frames;
        _options = options;
        _time = time;
        _failed = failed;
        _cancellation = cancellation;
        new Thread(Run) { Name = $"seqstream shard {index}", IsBackground = true }.Start();
    }

    /// <summary>True to end the sequences that are still open when the last frame is stepped. Set before the frames are complete.</summary>
    public bool EndsStreams
    {
        get => _endsStreams;
        set => _endsStreams = value;
    }

    /// <summary>Completes when the thread has ended; faulted with what ended it early.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What the thread is doing just now. Any thread.</summary>
    public ShardPulse Pulse => new(Volatile.Read(ref _turns), _isParked, _shard.IsDelivering, Completion.IsCompleted, _frames.CanCount ? _frames.Count : 0);

    private void Run()
    {
        try
        {
            _checkpointAt = _sweepAt = _time.GetTimestamp();
            _shard.WakeBusy();
            TurnWhileThereIsWork();
            while (WaitForWork()) TurnWhileThereIsWork();
            if (EndsStreams && !_cancellation.IsCancellationRequested)
            {
                _shard.EndAll();
                TurnWhileThereIsWork();
            }
            if (_keeping is not null) KeepTheRest(_keeping);
            _completion.SetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _failed(fault);   // the other shards end too, although nothing may come for them
            _completion.SetException(fault);
        }
        finally
        {
            lock (_gate)
            {
                _hasEnded = true;
                _swap?.Leave();
            }
        }
    }

    /// <summary>Asks the shard to change its model between two turns. One change at a time.</summary>
    public void Post(ModelSwap swap)
    {
        lock (_gate)
        {
            if (_hasEnded) swap.Leave();
            else _swap = swap;
        }
        TaskCompletionSource nudge = _nudge;
        _nudge = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        nudge.TrySetResult();
    }

    private void Swap(ModelSwap swap)
    {
        PreparedSwap prepared = default;
        Exception? fault = null;
        try
        {
            prepared = _shard.PrepareSwap(swap.Next, swap.Policy);
        }
        catch (Exception problem)
        {
            fault = problem;
        }
        bool isAgreed = swap.Agree(fault, _cancellation);
        if (isAgreed) prepared.Commit();
        else prepared.Model?.Dispose();
        _swap = null;
        swap.Finish();
    }

    private void TurnWhileThereIsWork()
    {
        if (HasDuties) _shard.Now = _time.GetTimestamp();
        if (_swap is { } waiting) Swap(waiting);
        while (!_cancellation.IsCancellationRequested && _shard.Turn())
        {
            _turns++;
            if (HasDuties) Tend();
            if (_swap is { } swap) Swap(swap);
        }
    }

    private bool WaitForWork()
    {
        if (_cancellation.IsCancellationRequested) return false;
        ValueTask<bool> waiting = _frames.WaitToReadAsync(_cancellation);
        bool more = waiting.IsCompleted ? waiting.Result : Wait(waiting.AsTask());
        if (more && _options.MaxWait > TimeSpan.Zero) WaitForBatch();
        return more;
    }

    private bool Wait(Task<bool> more)
    {
        while (!more.IsCompleted)
        {
            Task nudge = _nudge.Task;
            if (_swap is null) Park(more, nudge);
            if (more.IsCompleted) break;
            if (HasDuties) Tend();
            TurnWhileThereIsWork();
        }
        return more.GetAwaiter().GetResult();
    }

    private void Park(Task more, Task nudge)
    {
        _isParked = true;
        try
        {
            _ = Task.WaitAny([more, nudge], (int)UntilNextDuty().TotalMilliseconds, _cancellation);
        }
        finally
        {
            _isParked = false;
        }
    }

    /// <summary>True if there is something to do beside turns.</summary>
    private bool HasDuties => _keeping is not null || _options.IdleAfter > TimeSpan.Zero;

    /// <summary>Makes a checkpoint and looks for quiet streams when it is time.</summary>
    private void Tend()
    {
        long now = _shard.Now = _time.GetTimestamp();
        if (_options.IdleAfter > TimeSpan.Zero) _shard.EvictIdle(Before(now, _options.IdleAfter));
        if (_keeping?.Options is { } options) Keep(options, now);
    }

    private void Keep(DurabilityOptions options, long now)
    {
        bool isDue = _shard.WaitingReceipts >= options.MostReceipts || (_shard.HasChanges && _time.GetElapsedTime(_checkpointAt, now) >= options.Interval);
        if (isDue && _shard.TryCheckpoint()) _checkpointAt = now;
        if (options.HibernateAfter > TimeSpan.Zero && _time.GetElapsedTime(_sweepAt, now) >= SweepPause)
        {
            _shard.PutToRest(SweepEntries, Before(now, options.HibernateAfter));
            _sweepAt = now;
        }
    }

    private long Before(long now, TimeSpan quiet) => now - (long)(quiet.TotalSeconds * _time.TimestampFrequency);

    /// <summary>How long streams may be quiet, whatever happens to them then; zero for ever.</summary>
    private TimeSpan QuietLimit => _keeping?.Options.HibernateAfter ?? _options.IdleAfter;

    private TimeSpan SweepPause => QuietLimit < s_longestSweepPause ? QuietLimit : s_longestSweepPause;

    private TimeSpan UntilNextDuty()
    {
        if (!_shard.HasChanges) return QuietLimit > TimeSpan.Zero && _shard.LiveStreams > 0 ? SweepPause : Timeout.InfiniteTimeSpan;
        TimeSpan left = _keeping!.Options.Interval - _time.GetElapsedTime(_checkpointAt);
        return left > s_shortWait ? left : s_shortWait;
    }

    /// <summary>The last checkpoint: everything is stepped. Where the source broke off inside a message there is none: it repeats what was not acknowledged.</summary>
    private void KeepTheRest(ShardKeeping keeping)
    {
        if (!keeping.Options.IsReplayed) _shard.LetGo();
        TurnWhileThereIsWork();
        while (_shard.HasChanges && !_shard.IsInsideMessage && !_cancellation.IsCancellationRequested && !_shard.TryCheckpoint()) keeping.WaitForFree(_cancellation);
    }

    /// <summary>Lets frames gather until a batch is full or the oldest has waited long enough.</summary>
    private void WaitForBatch()
    {
        long start = _time.GetTimestamp();
        while (_frames.CanCount && _frames.Count < _options.MaxBatch && _time.GetElapsedTime(start) < _options.MaxWait && !_frames.Completion.IsCompleted)
        {
            Thread.Sleep(0);
        }
    }
}
