namespace SeqStream.Hosting.Supervision;

/// <summary>Pauses before a route starts again: exponential with full jitter, from half a second to half a minute. A run that outlived the longest pause counts as recovery.</summary>
internal sealed class RestartPauses(TimeProvider time, Random random)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);
    private long _began;
    private int _failures;

    /// <summary>A run begins.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>The run failed: how long to wait before the next.</summary>
    public TimeSpan Next()
    {
        if (time.GetElapsedTime(_began) >= s_longest) _failures = 0;
        double upper = Math.Min(s_longest.TotalSeconds, s_first.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 10)));
        return TimeSpan.FromSeconds(upper * random.NextDouble());
    }
}
