using SeqStream.Audio.Capture;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Alsa;

/// <summary>
/// Reads a device and answers what befalls it. After an overrun or a sleep it is started again; a device that is gone is opened again, with growing waits, for ever.
/// ALSA does not say how much was lost, the clock does: from the instant of the last sample delivered to the instant of the new start.
/// </summary>
internal sealed class AlsaCapture : IBlockingCapture
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(100); // between looks at the cancellation
    private readonly AlsaOptions _options;
    private readonly Func<IAlsaPcm> _create;
    private readonly TimeProvider _time;
    private IAlsaPcm? _pcm;
    private AlsaSettings? _settings;
    private AlsaCounters _counters;
    private byte[] _bytes = [];
    private long _capturedUntil; // time stamp of the last sample delivered
    private long _lost;          // sample frames not yet told
    private AudioGapReason _reason;

    public AlsaCapture(AlsaOptions options, Func<IAlsaPcm> create, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _create = create;
        _time = time;
    }

    public AlsaCounters Counters => _counters;

    /// <summary>Opens the device for the first time.</summary>
    /// <exception cref="AudioException">It cannot be had.</exception>
    public AudioFormat Open()
    {
        if (TryOpen(out string doing, out string problem)) return _settings!.Value.Format;
        throw AudioThrow.AlsaDevice(_options.Device, doing, problem, string.Join(", ", AlsaDevices.List().Select(static device => device.Name)));
    }

    public AudioRead Read(Span<float> samples, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_pcm is null) Reopen(cancellation);
            int ready = _pcm!.Wait(s_glance);
            int frames = ready > 0 ? ReadWaiting(samples) : ready;
            if (frames > 0) return Deliver(frames);
            if (frames < 0) Answer(frames);
            else if (_time.GetElapsedTime(_capturedUntil) > _options.Stall) Lose();
        }
    }

    public void Dispose()
    {
        _pcm?.Dispose();
        _pcm = null;
    }

    [HotPath]
    private int ReadWaiting(Span<float> samples)
    {
        AlsaSettings settings = _settings!.Value;
        int channels = settings.Format.Channels;
        int room = Math.Min(samples.Length / channels, _bytes.Length / settings.FrameBytes);
        // A read waits until it is full, so it asks for no more than there is.
        long available = _pcm!.Available();
        if (available < 0) return (int)available;
        int frames = _pcm.Read(_bytes, (int)Math.Clamp(available, 1, room));
        if (frames > 0) SampleConversion.ToFloat(settings.Encoding, _bytes, samples[..(frames * channels)]);
        return frames;
    }

    [HotPath]
    private AudioRead Deliver(int frames)
    {
        long behind = Math.Max(_pcm!.Available(), 0);
        _capturedUntil = _time.GetTimestamp() - Ticks(behind);
        AudioRead read = new(frames, _lost, _reason);
        _lost = 0;
        _reason = AudioGapReason.None;
        return read;
    }

    private void Answer(int error)
    {
        if (error is AlsaError.Interrupted or AlsaError.TryAgain) return;
        if (error is not (AlsaError.Overrun or AlsaError.Suspended) || _pcm!.Recover(error) < 0 || _pcm.Start() < 0)
        {
            Lose();
            return;
        }
        bool isOverrun = error == AlsaError.Overrun;
        _counters = isOverrun ? _counters with { Overruns = _counters.Overruns + 1 } : _counters with { Suspends = _counters.Suspends + 1 };
        CountLost(isOverrun ? AudioGapReason.Overrun : AudioGapReason.Suspend);
    }

    private void Lose()
    {
        _pcm!.Dispose();
        _pcm = null;
    }

    private void Reopen(CancellationToken cancellation)
    {
        for (TimeSpan wait = _options.FirstRetry; ; wait = wait * 2 < _options.LongestRetry ? wait * 2 : _options.LongestRetry)
        {
            Task.Delay(wait, _time, cancellation).GetAwaiter().GetResult();
            if (TryOpen(out _, out _)) break;
            _counters = _counters with { FailedOpens = _counters.FailedOpens + 1 };
        }
        _counters = _counters with { Reopens = _counters.Reopens + 1 };
        CountLost(AudioGapReason.DeviceLost);
    }

    private void CountLost(AudioGapReason reason)
    {
        long now = _time.GetTimestamp();
        long lost = (long)Math.Round(_time.GetElapsedTime(_capturedUntil, now).TotalSeconds * _settings!.Value.Format.RateHz);
        _capturedUntil = now;
        if (lost <= 0) return;
        _lost += lost;
        _reason = reason;
        _counters = _counters with { LostFrames = _counters.LostFrames + lost };
    }

    private bool TryOpen(out string doing, out string problem)
    {
        IAlsaPcm pcm = _create();
        doing = "opening it";
        int error = pcm.Open(_options.Device);
        if (error >= 0)
        {
            doing = "agreeing on a format";
            error = Agree(pcm);
        }
        if (error >= 0)
        {
            doing = "starting it";
            error = pcm.Start();
        }
        problem = error < 0 ? pcm.Describe(error) : "";
        if (error < 0)
        {
            pcm.Dispose();
            return false;
        }
        if (_pcm is null && _bytes.Length == 0) _capturedUntil = _time.GetTimestamp();
        _bytes = new byte[_settings!.Value.FrameBytes * Math.Max((int)(_options.Buffer.TotalSeconds * _settings.Value.Format.RateHz), 1)];
        _pcm = pcm;
        return true;
    }

    /// <summary>A device that comes back must agree to what it agreed to before, because the stream goes on.</summary>
    private int Agree(IAlsaPcm pcm)
    {
        int error = AlsaError.Invalid;
        foreach (AlsaSettings settings in _settings is { } agreed ? [agreed] : AlsaSettings.Candidates(_options))
        {
            error = pcm.SetParameters(settings, _options.Buffer, _options.Period);
            if (error < 0) continue;
            _settings = settings;
            return error;
        }
        return error;
    }

    private long Ticks(long frames) => (long)(frames / (double)_settings!.Value.Format.RateHz * _time.TimestampFrequency);
}
