namespace SeqStream.Execution;

/// <summary>What one step answered on outputs that keep the same time: <paramref name="Count"/> frames of a stream, one after the other.</summary>
/// <param name="First">Index of the first frame in its stream, from 0.</param>
/// <param name="At">Its place among the frames of the step.</param>
/// <param name="Count">How many frames; 0 where the step answered nothing.</param>
public readonly record struct FrameAnswers(long First, int At, int Count);
