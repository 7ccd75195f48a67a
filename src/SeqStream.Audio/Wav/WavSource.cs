using System.Runtime.CompilerServices;
using SeqStream.Audio.Pcm;

namespace SeqStream.Audio.Wav;

/// <summary>
/// A WAV file: PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, mu-law and A-law. The bytes are read once from front to back, so a pipe will do;
/// a length that its writer did not know, as ffmpeg's when it writes to a pipe, means until the end.
/// </summary>
public sealed class WavSource : IAudioSource
{
    private readonly Stream _input;
    private readonly bool _ownsInput;
    private PcmReader? _reader;
    private long? _sampleBytes;

    /// <summary>Creates the source.</summary>
    /// <param name="name">The source as people name it.</param>
    /// <param name="input">The bytes.</param>
    /// <param name="leaveOpen">False to close <paramref name="input"/> with the source.</param>
    public WavSource(string name, Stream input, bool leaveOpen = true)
    {
        Name = name;
        _input = input;
        _ownsInput = !leaveOpen;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LostFrames => 0;

    /// <inheritdoc/>
    public async ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation)
    {
        WavHeader header = await new WavHeaderReader(Name, _input).ReadAsync(cancellation).ConfigureAwait(false);
        _sampleBytes = header.SampleBytes;
        _reader = new PcmReader(_input, header.Encoding, header.Format.Channels, _sampleBytes ?? long.MaxValue);
        return header.Format;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        PcmReader reader = _reader ?? throw new InvalidOperationException($"{Name} was read before it was opened.");
        int frames = await reader.ReadAsync(samples, cancellation).ConfigureAwait(false);
        if (frames == 0) CheckEnd(reader);
        return new AudioRead(frames);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _ownsInput ? _input.DisposeAsync() : ValueTask.CompletedTask;

    private void CheckEnd(PcmReader reader)
    {
        if (_sampleBytes is { } expected && reader.BytesRead < expected) throw AudioThrow.WavTruncated(Name, reader.BytesRead, expected);
        if (reader.OddBytes > 0) throw AudioThrow.OddTail(Name, reader.Frames, reader.OddBytes, reader.FrameBytes);
    }
}
