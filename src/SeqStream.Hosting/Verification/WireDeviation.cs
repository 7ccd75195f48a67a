namespace SeqStream.Hosting.Verification;

/// <summary>How far one value of a model is from what it should be, over all streams.</summary>
/// <param name="Value">The value's name in the model.</param>
/// <param name="Node">The node that makes it; empty for an output that no node makes.</param>
/// <param name="Operator">The node's operator.</param>
public sealed record WireDeviation(string Value, string Node, string Operator)
{
    /// <summary>Numbers compared.</summary>
    public long Compared { get; init; }

    /// <summary>Numbers that differ by more than the tolerance, and lengths that differ.</summary>
    public long Differences { get; init; }

    /// <summary>Greatest absolute difference.</summary>
    public double Greatest { get; init; }

    /// <summary>Mean absolute difference; 0 if nothing was compared.</summary>
    public double Mean { get; init; }

    /// <summary>The first difference; null if there is none.</summary>
    public WireDifference? First { get; init; }
}
