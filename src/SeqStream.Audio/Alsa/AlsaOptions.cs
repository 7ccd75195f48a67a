namespace SeqStream.Audio.Alsa;

/// <summary>Which sound device, and what to ask of it.</summary>
public sealed record AlsaOptions
{
    /// <summary>ALSA's name of the device: <c>default</c>, <c>plughw:1,0</c>, <c>hw:CARD=Device</c>.</summary>
    public string Device { get; init; } = "default";

    /// <summary>The rate to ask for first, in Hz. A device that lacks it is asked for its own. Default 16000.</summary>
    public int RateHz { get; init; } = 16000;

    /// <summary>The channels to ask for first. Default 1.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>How much the device's buffer holds: how late the reader may be before samples are lost. Default 500 ms.</summary>
    public TimeSpan Buffer { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between two wakings, which is how late a sample may be. Default 20 ms.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Wait before a lost device is opened again; doubled after each failure. Default 250 ms.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest such wait. Default 10 s.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A running device that gives nothing for so long counts as lost. Default 5 s.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks the options.</summary>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Device);
        if (!new AudioFormat(RateHz, Channels).IsAllowed) throw AudioThrow.FormatOutOfRange($"alsa:{Device}", RateHz, Channels, AudioFault.Configuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(Buffer, TimeSpan.FromMilliseconds(10), nameof(Buffer));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Buffer, TimeSpan.FromSeconds(60), nameof(Buffer));
        ArgumentOutOfRangeException.ThrowIfLessThan(Period, TimeSpan.FromMilliseconds(1), nameof(Period));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Period, Buffer / 2, nameof(Period));
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstRetry, TimeSpan.FromMilliseconds(1), nameof(FirstRetry));
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestRetry, FirstRetry, nameof(LongestRetry));
        ArgumentOutOfRangeException.ThrowIfLessThan(Stall, TimeSpan.FromMilliseconds(200), nameof(Stall));
    }
}
