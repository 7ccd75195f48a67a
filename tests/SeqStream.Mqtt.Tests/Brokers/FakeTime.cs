namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>A clock that stands still until it is moved. Timers fire in order during the move.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private TimeSpan _elapsed;

    public TimeSpan Elapsed
    {
        get { lock (_gate) return _elapsed; }
    }

    /// <summary>Timers that wait.</summary>
    public int Waiting
    {
        get { lock (_gate) return _timers.Count(static timer => timer.Due is not null); }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public void Advance(TimeSpan by)
    {
        TimeSpan target = Elapsed + by;
        while (true)
        {
            FakeTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= target).MinBy(static timer => timer.Due);
                _elapsed = next?.Due ?? target;
                if (next is not null) next.Due = null;
            }
            if (next is null) return;
            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._elapsed + dueTime;
                if (!time._timers.Contains(this)) time._timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
