namespace SeqStream.Decoding.Strokes;

/// <summary>A point that was drawn from a mixture.</summary>
/// <param name="Dx">How far right of the point before, in units of the coordinates.</param>
/// <param name="Dy">How far below it.</param>
/// <param name="Pen">What the pen does after it.</param>
public readonly record struct DrawnPoint(double Dx, double Dy, PenState Pen);
