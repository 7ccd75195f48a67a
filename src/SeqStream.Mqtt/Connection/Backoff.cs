namespace SeqStream.Mqtt.Connection;

/// <summary>
/// Chooses pauses between attempts: exponential with full jitter, and never more attempts in a minute than allowed, whatever the dice say.
/// One thread at a time.
/// </summary>
internal sealed class Backoff(BackoffOptions options, TimeProvider time, Random random)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestTakeover = TimeSpan.FromHours(1);
    private readonly Queue<long> _attempts = new();
    private int _failures;
    private int _takeovers;

    /// <summary>Notes an attempt.</summary>
    public void Attempt()
    {
        _attempts.Enqueue(time.GetTimestamp());
        while (_attempts.Count > options.MaxAttemptsPerMinute) _attempts.Dequeue();
    }

    /// <summary>A connection lasted: only one that outlived the longest pause counts as recovery, so that one which is closed at once does not make the client hammer.</summary>
    public void Lived(TimeSpan lifetime)
    {
        if (lifetime >= options.Longest) _failures = 0;
        if (lifetime >= s_longestTakeover) _takeovers = 0;
    }

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Next(Retry retry)
    {
        TimeSpan pause = retry switch
        {
            Retry.Late => options.Longest * (1 + random.NextDouble() / 2),
            Retry.AfterTakeover => Takeover(),
            _ => Soon(),
        };
        TimeSpan quota = UntilAllowed();
        return pause > quota ? pause : quota;
    }

    private TimeSpan Soon()
    {
        double upper = Math.Min(options.Longest.TotalSeconds, options.First.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30)));
        return TimeSpan.FromSeconds(random.NextDouble() * upper);
    }

    private TimeSpan Takeover()
    {
        double upper = Math.Min(s_longestTakeover.TotalSeconds, options.AfterTakeover.TotalSeconds * Math.Pow(2, Math.Min(_takeovers++, 10)));
        return TimeSpan.FromSeconds(upper * (1 + random.NextDouble() / 4));
    }

    private TimeSpan UntilAllowed()
    {
        if (_attempts.Count < options.MaxAttemptsPerMinute) return TimeSpan.Zero;
        TimeSpan sinceOldest = time.GetElapsedTime(_attempts.Peek());
        return sinceOldest >= s_minute ? TimeSpan.Zero : s_minute - sinceOldest;
    }
}
