namespace SeqStream.Audio.Alsa;

/// <summary>What befell a sound device so far.</summary>
/// <param name="Overruns">Times its buffer ran over because the reader was late.</param>
/// <param name="Suspends">Times it slept.</param>
/// <param name="Reopens">Times it was gone and was opened again.</param>
/// <param name="FailedOpens">Attempts to open it again that failed.</param>
/// <param name="LostFrames">Sample frames lost in all of these, by the clock.</param>
public readonly record struct AlsaCounters(long Overruns, long Suspends, long Reopens, long FailedOpens, long LostFrames);
