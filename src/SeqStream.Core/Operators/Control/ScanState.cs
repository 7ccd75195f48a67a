using SeqStream.Plan;

namespace SeqStream.Operators.Control;

/// <summary>What a <see cref="ScanNode"/> carries from trip to trip. All wires have one type and as many elements.</summary>
/// <param name="Initial">Its value before the first trip.</param>
/// <param name="Before">The body's wire of its value before a trip.</param>
/// <param name="After">The body's wire of its value after a trip; it may be any value the body can read.</param>
/// <param name="Final">Gets its value after the last trip; null where nobody wants it.</param>
public sealed record ScanState(Wire Initial, Wire Before, Wire After, Wire? Final);
