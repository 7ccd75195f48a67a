using SeqStream.Audio.Capture;

namespace SeqStream.Audio.Alsa;

/// <summary>
/// A sound device of Linux, through ALSA's own library. Overruns, sleeps and unplugging are survived and counted, and the samples lost in them are told with the read that follows.
/// Linux only.
/// </summary>
public sealed class AlsaAudioSource : IAudioSource
{
    private readonly AlsaCapture _capture;
    private CaptureThread? _thread;

    /// <summary>Creates the source; the device is opened with <see cref="OpenAsync"/>.</summary>
    /// <exception cref="AudioException">The options are out of range.</exception>
    public AlsaAudioSource(AlsaOptions options)
        : this(options, static () => new AlsaPcm(), TimeProvider.System)
    {
    }

    internal AlsaAudioSource(AlsaOptions options, Func<IAlsaPcm> create, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _capture = new AlsaCapture(options, create, time);
        Name = $"alsa:{options.Device}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LostFrames => Counters.LostFrames;

    /// <summary>What befell the device so far.</summary>
    public AlsaCounters Counters => _capture.Counters;

    /// <inheritdoc/>
    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation)
    {
        AudioFormat format = _capture.Open();
        _thread = new CaptureThread(_capture, Name);
        return ValueTask.FromResult(format);
    }

    /// <inheritdoc/>
    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
        => (_thread ?? throw new InvalidOperationException($"{Name} was read before it was opened.")).ReadAsync(samples, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_thread is null) _capture.Dispose();
        else _thread.Dispose();
        return ValueTask.CompletedTask;
    }
}
