using System.Runtime.CompilerServices;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Pcm;

/// <summary>Plain samples without a header, such as stdin carries them. A file with a header is recognised by its first bytes and refused by name.</summary>
public sealed class RawPcmSource : IAudioSource
{
    private readonly PcmReader _reader;
    private readonly AudioFormat _format;

    /// <summary>Creates the source.</summary>
    /// <param name="name">The source as people name it.</param>
    /// <param name="input">The bytes; stays open.</param>
    /// <param name="encoding">How samples are written.</param>
    /// <param name="format">Rate and channels.</param>
    /// <exception cref="AudioException">Rate or channels are out of range.</exception>
    public RawPcmSource(string name, Stream input, SampleEncoding encoding, AudioFormat format)
    {
        if (!format.IsAllowed) throw AudioThrow.FormatOutOfRange(name, format.RateHz, format.Channels, AudioFault.Configuration);
        Name = name;
        _format = format;
        _reader = new PcmReader(input, encoding, format.Channels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LostFrames => 0;

    /// <inheritdoc/>
    public async ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> first = await _reader.PeekAsync(ContainerMagic.Length, cancellation).ConfigureAwait(false);
        if (ContainerMagic.Recognise(first.Span) is { } file) throw AudioThrow.LooksLike(Name, file.Found, file.Remedy);
        return _format;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        int frames = await _reader.ReadAsync(samples, cancellation).ConfigureAwait(false);
        if (frames == 0 && _reader.OddBytes > 0) throw AudioThrow.OddTail(Name, _reader.Frames, _reader.OddBytes, _reader.FrameBytes);
        return new AudioRead(frames);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
