namespace SeqStream.Audio;

/// <summary>A source that was opened to learn its format before anything else is decided; its reader opens it again at no cost.</summary>
public sealed class OpenedAudioSource : IAudioSource
{
    private readonly IAudioSource _source;

    private OpenedAudioSource(IAudioSource source, AudioFormat format)
    {
        _source = source;
        Format = format;
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <summary>What the source delivers.</summary>
    public AudioFormat Format { get; }

    /// <inheritdoc/>
    public long LostFrames => _source.LostFrames;

    /// <summary>Opens a source, which it then owns; one that cannot be had is disposed.</summary>
    /// <exception cref="AudioException">The source cannot be had or is not what was promised.</exception>
    public static async Task<OpenedAudioSource> OpenAsync(IAudioSource source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return new OpenedAudioSource(source, await source.OpenAsync(cancellation).ConfigureAwait(false));
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation) => ValueTask.FromResult(Format);

    /// <inheritdoc/>
    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation) => _source.ReadAsync(samples, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
