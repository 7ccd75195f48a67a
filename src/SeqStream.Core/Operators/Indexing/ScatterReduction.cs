namespace SeqStream.Operators.Indexing;

/// <summary>How an update meets the element it falls on.</summary>
public enum ScatterReduction
{
    /// <summary>It replaces it; of several updates the last one stays.</summary>
    None,
    /// <summary>It is added.</summary>
    Add,
    /// <summary>It is multiplied.</summary>
    Mul,
    /// <summary>The larger one stays.</summary>
    Max,
    /// <summary>The smaller one stays.</summary>
    Min,
}
