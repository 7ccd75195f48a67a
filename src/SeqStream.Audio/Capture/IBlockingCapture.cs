namespace SeqStream.Audio.Capture;

/// <summary>A device that is read by waiting for it. One thread at a time.</summary>
internal interface IBlockingCapture : IDisposable
{
    /// <summary>Waits until there is at least one sample frame and reads what is there. Looks at <paramref name="cancellation"/> at least ten times a second.</summary>
    AudioRead Read(Span<float> samples, CancellationToken cancellation);
}
