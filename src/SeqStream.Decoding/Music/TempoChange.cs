namespace SeqStream.Decoding.Music;

/// <summary>A tempo and where it begins.</summary>
/// <param name="Start">Quarter notes from the beginning of the tune.</param>
/// <param name="QuartersPerMinute">Quarter notes per minute from there on.</param>
public readonly record struct TempoChange(double Start, double QuartersPerMinute);
