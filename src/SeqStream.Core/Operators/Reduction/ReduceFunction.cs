namespace SeqStream.Operators.Reduction;

/// <summary>What many elements are reduced to. Nothing reduces to the neutral element: 0, 1, an infinity, or NaN for the mean.</summary>
public enum ReduceFunction
{
    /// <summary>Sum.</summary>
    Sum,
    /// <summary>Arithmetic mean; of integers truncated.</summary>
    Mean,
    /// <summary>Largest.</summary>
    Max,
    /// <summary>Smallest.</summary>
    Min,
    /// <summary>Product.</summary>
    Prod,
    /// <summary>Sum of squares.</summary>
    SumSquare,
    /// <summary>Sum of absolute values.</summary>
    L1,
    /// <summary>Square root of the sum of squares.</summary>
    L2,
    /// <summary>Natural logarithm of the sum.</summary>
    LogSum,
    /// <summary>Natural logarithm of the sum of exponentials, safe for large elements.</summary>
    LogSumExp,
}
