namespace SeqStream.Mqtt.Connection;

/// <summary>Pauses between attempts to connect.</summary>
public sealed record BackoffOptions
{
    /// <summary>Upper end of the first pause. Default 0.5 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Upper end of the longest pause, and the pause where trying soon cannot help. Default 30 s.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after another client took the session over; doubled each time, up to an hour. Default 2 min.</summary>
    public TimeSpan AfterTakeover { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most attempts in any minute. Default 12.</summary>
    public int MaxAttemptsPerMinute { get; init; } = 12;
}
