using SeqStream.Cells;

namespace SeqStream.Operators;

/// <summary>One direction of a recurrent layer.</summary>
/// <param name="Weights">Its weights.</param>
/// <param name="Options">How its cell computes.</param>
/// <param name="IsReverse">True if it runs from the last step to the first.</param>
public sealed record RecurrentDirection(CellWeights Weights, CellOptions Options, bool IsReverse);
