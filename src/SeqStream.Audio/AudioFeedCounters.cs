namespace SeqStream.Audio;

/// <summary>What a feed of samples has done so far.</summary>
/// <param name="SampleFrames">Sample frames read, at the source's rate.</param>
/// <param name="Frames">Frames written to the stream.</param>
/// <param name="Gaps">Holes.</param>
/// <param name="LostFrames">Sample frames lost in them, at the source's rate.</param>
/// <param name="Resets">Holes that cleared the stream's memory or ended its sequence.</param>
public readonly record struct AudioFeedCounters(long SampleFrames, long Frames, long Gaps, long LostFrames, long Resets);
