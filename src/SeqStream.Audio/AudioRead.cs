namespace SeqStream.Audio;

/// <summary>What one read of a source gave.</summary>
/// <param name="SampleFrames">Sample frames written; 0 only at the end of the source.</param>
/// <param name="LostFrames">Sample frames that were lost just before the first of these; 0 if none.</param>
/// <param name="Reason">Why they were lost.</param>
public readonly record struct AudioRead(int SampleFrames, long LostFrames = 0, AudioGapReason Reason = AudioGapReason.None)
{
    /// <summary>The source has ended; nothing follows.</summary>
    public bool IsEnd => SampleFrames == 0;
}
