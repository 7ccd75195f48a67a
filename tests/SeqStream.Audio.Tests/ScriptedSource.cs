namespace SeqStream.Audio;

/// <summary>A source that gives what a test wrote down: pieces of samples, each behind a hole of some length.</summary>
internal sealed class ScriptedSource(AudioFormat format, params (float[] Samples, long Lost)[] reads) : IAudioSource
{
    private int _next;

    public string Name => "scripted";

    public long LostFrames => reads.Take(_next).Sum(static read => read.Lost);

    public bool IsDisposed { get; private set; }

    /// <summary>What the read after the last piece throws; null for a good end.</summary>
    public AudioException? Failure { get; init; }

    public ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation) => ValueTask.FromResult(format);

    public ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        if (_next == reads.Length) return Failure is null ? default : ValueTask.FromException<AudioRead>(Failure);
        (float[] piece, long lost) = reads[_next++];
        piece.CopyTo(samples);
        return ValueTask.FromResult(new AudioRead(piece.Length / format.Channels, lost, lost > 0 ? AudioGapReason.Overrun : AudioGapReason.None));
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
