namespace SeqStream.Onnx.Lowering;

/// <summary>
/// How many nodes of nested graphs a lowering visits. A body is lowered anew for each length that is traced, for each frame of a step and for each unrolled trip, and bodies of bodies once for
/// each of theirs, so that a small file could ask for work without end.
/// </summary>
internal sealed class BodyBudget
{
    private const int MostVisits = 250_000;
    private int _visits;

    /// <summary>Takes one visit; false if there are none left.</summary>
    public bool TryTake() => _visits < MostVisits && ++_visits > 0;
}
