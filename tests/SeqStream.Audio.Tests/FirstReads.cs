namespace SeqStream.Audio;

/// <summary>The first reads of a source, then its end: devices never end by themselves.</summary>
internal sealed class FirstReads(IAudioSource source, int reads) : IAudioSource
{
    private int _left = reads;

    public string Name => source.Name;

    public long LostFrames => source.LostFrames;

    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation) => source.OpenAsync(cancellation);

    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation) => _left-- > 0 ? source.ReadAsync(samples, cancellation) : default;

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
