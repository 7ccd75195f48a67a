namespace SeqStream.Audio;

/// <summary>Samples from somewhere: a pipe, a file, a command, a device. One reader at a time; open once, then read to the end.</summary>
public interface IAudioSource : IAsyncDisposable
{
    /// <summary>The source as people name it: <c>stdin</c>, a path, <c>alsa:default</c>.</summary>
    string Name { get; }

    /// <summary>Sample frames lost so far. Counted, never guessed away: a hole in the samples is a hole in the memory of whoever listens.</summary>
    long LostFrames { get; }

    /// <summary>Opens the source and answers what it delivers. Call it once, before the first read.</summary>
    /// <exception cref="AudioException">The source cannot be had or is not what was promised.</exception>
    ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation);

    /// <summary>Reads whole sample frames into the caller's memory: what is there, waiting until there is at least one. Allocates nothing once warm.</summary>
    /// <param name="samples">[sample frame, channel], room for at least one sample frame.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="AudioException">The source failed, or its end is not whole; everything before that was delivered.</exception>
    ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation);
}
