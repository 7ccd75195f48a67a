namespace SeqStream.Hosting.Supervision;

/// <summary>Keeps a flood of like events out of the log: so many in ten seconds, then only their number. Any thread.</summary>
internal sealed class LogQuota(TimeProvider time)
{
    private const int Most = 10;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private long _began = time.GetTimestamp();
    private long _inWindow;

    /// <summary>True if the event may be logged.</summary>
    /// <param name="leftOut">Events of the window before that were not; told once.</param>
    public bool TryTake(out long leftOut)
    {
        lock (_gate)
        {
            leftOut = 0;
            if (time.GetElapsedTime(_began) >= s_window)
            {
                leftOut = Math.Max(0, _inWindow - Most);
                (_began, _inWindow) = (time.GetTimestamp(), 0);
            }
            return ++_inWindow <= Most;
        }
    }
}
