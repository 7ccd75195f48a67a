using SeqStream.Contracts;

namespace SeqStream.Audio;

/// <summary>A hole in a stream's samples.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Time">Where the hole begins, in seconds of the sample clock.</param>
/// <param name="LostFrames">Sample frames lost, at the source's rate.</param>
/// <param name="RateHz">The source's rate.</param>
/// <param name="Reason">Why they were lost.</param>
public readonly record struct AudioGap(StreamId Stream, double Time, long LostFrames, int RateHz, AudioGapReason Reason);
