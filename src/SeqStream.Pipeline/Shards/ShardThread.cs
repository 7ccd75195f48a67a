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
    private volatile bool _endsStreams;
    private volatile bool _isParked;
    private long _turns;
    private long _checkpointAt;   // when the last one was made
    private long _sweepAt;        // when quiet streams were looked for last
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ShardThread(Shard shard, int index, ChannelReader<Frame> frames, ShardKeeping? keeping, EngineOptions options, TimeProvider time, CancellationToken cancellation)
    {
        _shard = shard;
        _keeping = keeping;
        _frames = frames;
        _options = options;
        _time = time;
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
            if (_keeping is not null) KeepTheRest();
            _completion.SetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _completion.SetException(fault);
        }
    }

    private void TurnWhileThereIsWork()
    {
        if (_keeping is not null) _shard.Now = _time.GetTimestamp();
        while (!_cancellation.IsCancellationRequested && _shard.Turn())
        {
            _turns++;
            if (_keeping is not null) Tend();
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
        if (_keeping is not null)
        {
            while (!Park(more, UntilNextDuty())) Tend();
        }
        Park(more, Timeout.InfiniteTimeSpan);
        return more.GetAwaiter().GetResult();
    }

    private bool Park(Task<bool> more, TimeSpan most)
    {
        _isParked = true;
        try
        {
            return more.Wait(most, _cancellation);
        }
        finally
        {
            _isParked = false;
        }
    }

    /// <summary>Makes a checkpoint and looks for quiet streams when it is time.</summary>
    private void Tend()
    {
        DurabilityOptions options = _keeping!.Options;
        long now = _shard.Now = _time.GetTimestamp();
        bool isDue = _shard.WaitingReceipts >= options.MostReceipts || (_shard.HasChanges && _time.GetElapsedTime(_checkpointAt, now) >= options.Interval);
        if (isDue && _shard.TryCheckpoint()) _checkpointAt = now;
        if (options.HibernateAfter > TimeSpan.Zero && _time.GetElapsedTime(_sweepAt, now) >= SweepPause)
        {
            _shard.PutToRest(SweepEntries, now - (long)(options.HibernateAfter.TotalSeconds * _time.TimestampFrequency));
            _sweepAt = now;
        }
    }

    private TimeSpan SweepPause => _keeping!.Options.HibernateAfter < s_longestSweepPause ? _keeping.Options.HibernateAfter : s_longestSweepPause;

    private TimeSpan UntilNextDuty()
    {
        if (!_shard.HasChanges) return _keeping!.Options.HibernateAfter > TimeSpan.Zero ? SweepPause : Timeout.InfiniteTimeSpan;
        TimeSpan left = _keeping!.Options.Interval - _time.GetElapsedTime(_checkpointAt);
        return left > s_shortWait ? left : s_shortWait;
    }

    /// <summary>The last checkpoint: everything is stepped. Where the source broke off inside a message there is none: it repeats what was not acknowledged.</summary>
    private void KeepTheRest()
    {
        while (_shard.HasChanges && !_shard.IsInsideMessage && !_cancellation.IsCancellationRequested && !_shard.TryCheckpoint()) _keeping!.WaitForFree(_cancellation);
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
