using NAudio.Wave;
using SeqStream.Audio.Capture;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.NAudio;

/// <summary>
/// Any of NAudio's capture devices (WASAPI, WinMM and others behind <see cref="IWaveIn"/>) as a source of samples. NAudio does not tell what a device loses; what is lost because the reader is late
/// is counted here. Owns the device.
/// </summary>
public sealed class WaveInSource : IAudioSource
{
    private readonly IWaveIn _device;
    private readonly PushedAudioSource _samples;
    private readonly SampleEncoding _encoding;

    /// <summary>Creates the source; the device starts when it is opened.</summary>
    /// <param name="name">The source as people name it.</param>
    /// <param name="device">A device that does not record yet.</param>
    /// <param name="buffer">How late the reader may be.</param>
    /// <exception cref="AudioException">The device's format is not known here.</exception>
    public WaveInSource(string name, IWaveIn device, TimeSpan buffer)
    {
        ArgumentNullException.ThrowIfNull(device);
        WaveFormat format = device.WaveFormat;
        _encoding = EncodingOf(name, format);
        _samples = new PushedAudioSource(name, new AudioFormat(format.SampleRate, format.Channels), buffer);
        _device = device;
        _device.DataAvailable += Push;
        _device.RecordingStopped += Complete;
    }

    /// <inheritdoc/>
    public string Name => _samples.Name;

    /// <inheritdoc/>
    public long LostFrames => _samples.LostFrames;

    /// <inheritdoc/>
    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation)
    {
        _device.StartRecording();
        return _samples.OpenAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation) => _samples.ReadAsync(samples, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _device.DataAvailable -= Push;
        _device.RecordingStopped -= Complete;
        _device.StopRecording();
        _device.Dispose();
        await _samples.DisposeAsync().ConfigureAwait(false);
    }

    private void Push(object? sender, WaveInEventArgs recorded) => _samples.Push(_encoding, recorded.Buffer.AsSpan(0, recorded.BytesRecorded));

    private void Complete(object? sender, StoppedEventArgs stopped)
        => _samples.Complete(stopped.Exception is null ? null : new AudioException(AudioFault.Unavailable, $"Sound device '{Name}' stopped: {stopped.Exception.Message}. Plug it in and start again.", stopped.Exception));

    private static SampleEncoding EncodingOf(string name, WaveFormat format)
    {
        bool isFloat = format.Encoding == WaveFormatEncoding.IeeeFloat || (format as WaveFormatExtensible)?.ToStandardWaveFormat().Encoding == WaveFormatEncoding.IeeeFloat;
        return (isFloat, format.Encoding, format.BitsPerSample) switch
        {
            (true, _, 32) => SampleEncoding.F32,
            (false, WaveFormatEncoding.MuLaw, 8) => SampleEncoding.MuLaw,
            (false, WaveFormatEncoding.ALaw, 8) => SampleEncoding.ALaw,
            (false, WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible, 16) => SampleEncoding.S16,
            (false, WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible, 24) => SampleEncoding.S24,
            (false, WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible, 32) => SampleEncoding.S32,
            _ => throw new AudioException(AudioFault.Configuration, $"Sound device '{name}' records {format}, expected PCM of 16, 24 or 32 bits, float of 32 bits, mu-law or A-law. Set its WaveFormat to one of these."),
        };
    }
}
