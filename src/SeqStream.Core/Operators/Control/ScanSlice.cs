using SeqStream.Plan;

namespace SeqStream.Operators.Control;

/// <summary>A value that a <see cref="ScanNode"/> takes apart, or puts together, trip by trip.</summary>
/// <param name="Whole">The value, with one place along <paramref name="Axis"/> for each trip.</param>
/// <param name="Frame">The body's wire of one place; it has the whole's elements without that axis, in the same order.</param>
/// <param name="Axis">The dimension of the whole along which the trips lie.</param>
/// <param name="IsReverse">True if the first trip has the last place.</param>
public sealed record ScanSlice(Wire Whole, Wire Frame, int Axis, bool IsReverse);
