using System.Collections.Immutable;

namespace SeqStream.Decoding.Strokes;

/// <summary>A stroke of a drawing.</summary>
/// <param name="Points">Its points; x goes right, y goes down.</param>
/// <param name="Given">How many of the first points were given; the others were drawn by a model.</param>
public sealed record DrawnStroke(ImmutableArray<(double X, double Y)> Points, int Given);
