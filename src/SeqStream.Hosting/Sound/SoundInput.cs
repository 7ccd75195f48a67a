using SeqStream.Audio;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Sound;

/// <summary>An open source of sound on its way to a model. Use: <see cref="OpenAsync"/>, <see cref="Fit"/>, then <see cref="CreateFeed"/>.</summary>
public sealed class SoundInput : IAsyncDisposable
{
    private readonly SoundSource _from;
    private readonly IAudioSource _source;
    private readonly int _sourceHz;
    private bool _isGiven;

    private SoundInput(SoundSource from, IAudioSource source, int sourceHz)
    {
        _from = from;
        _source = source;
        _sourceHz = sourceHz;
    }

    /// <summary>Opens the source, waiting for its header if it has one. Devices are opened when they are read, so that nothing is captured before somebody listens.</summary>
    /// <param name="from">The source.</param>
    /// <param name="input">The bytes of a source that is no URI; stays open.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="AudioException">The source cannot be had, is not what was promised, or is described wrongly.</exception>
    public static async Task<SoundInput> OpenAsync(SoundSource from, Stream input, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(from);
        IAudioSource source = from.Create(input);
        if (AudioFeeds.IsDevice(from.Name)) return new SoundInput(from, source, from.From.RateHz);
        OpenedAudioSource opened = await OpenedAudioSource.OpenAsync(source, cancellation).ConfigureAwait(false);
        return new SoundInput(from, opened, opened.Format.RateHz);
    }

    /// <summary>Compiles a model for the source's samples.</summary>
    /// <inheritdoc cref="SoundFit.Of"/>
    public SoundFit Fit(ModelReference reference, ModelLoadOptions load) => SoundFit.Of(_sourceHz, reference, load);

    /// <summary>The feed of the samples, mixed to one channel and resampled. It owns the source from then on.</summary>
    /// <param name="rateHz">The rate that the model is given.</param>
    /// <param name="gaps">Told of every gap, on the feed's thread; may be null.</param>
    public AudioFeed CreateFeed(int rateHz, Action<AudioGap>? gaps = null)
    {
        _isGiven = true;
        return _from.CreateFeed(_source, rateHz, gaps);
    }

    /// <summary>Closes a source that no feed has.</summary>
    public ValueTask DisposeAsync() => _isGiven ? ValueTask.CompletedTask : _source.DisposeAsync();
}
