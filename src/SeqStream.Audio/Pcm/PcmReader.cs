using System.Runtime.CompilerServices;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Pcm;

/// <summary>Reads whole sample frames from bytes that come in pieces of any size. Allocates nothing once warm.</summary>
/// <param name="input">The bytes; stays open.</param>
/// <param name="encoding">How samples are written.</param>
/// <param name="channels">Samples of a sample frame.</param>
/// <param name="limit">Bytes after which the source counts as ended.</param>
internal sealed class PcmReader(Stream input, SampleEncoding encoding, int channels, long limit = long.MaxValue)
{
    private const int BufferBytes = 1 << 15;
    private readonly byte[] _bytes = new byte[BufferBytes];
    private int _filled;

    /// <summary>Bytes of one sample frame.</summary>
    public int FrameBytes { get; } = encoding.ByteSize() * channels;

    /// <summary>Sample frames delivered.</summary>
    public long Frames { get; private set; }

    /// <summary>Bytes taken from the source.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes that do not make a sample frame; what is left when the source has ended.</summary>
    public int OddBytes => _filled;

    /// <summary>Waits until <paramref name="count"/> bytes are there or the source ends; they stay to be read as samples.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellation)
    {
        while (_filled < count && await FillAsync(BufferBytes - _filled, cancellation).ConfigureAwait(false))
        {
        }
        return _bytes.AsMemory(0, Math.Min(_filled, count));
    }

    /// <summary>Sample frames written to <paramref name="samples"/>, 0 at the end of the source.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        int room = Math.Min(samples.Length / channels, BufferBytes / FrameBytes);
        while (_filled < FrameBytes)
        {
            if (!await FillAsync(room * FrameBytes - _filled, cancellation).ConfigureAwait(false)) return 0;
        }
        int frames = Math.Min(room, _filled / FrameBytes);
        Convert(frames, samples.Span[..(frames * channels)]);
        Frames += frames;
        return frames;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellation)
    {
        int allowed = (int)Math.Min(count, limit - BytesRead);
        if (allowed <= 0) return false;
        int found = await input.ReadAsync(_bytes.AsMemory(_filled, allowed), cancellation).ConfigureAwait(false);
        _filled += found;
        BytesRead += found;
        return found > 0;
    }

    [HotPath]
    private void Convert(int frames, Span<float> samples)
    {
        int used = frames * FrameBytes;
        SampleConversion.ToFloat(encoding, _bytes.AsSpan(0, used), samples);
        _bytes.AsSpan(used, _filled - used).CopyTo(_bytes);
        _filled -= used;
    }
}
