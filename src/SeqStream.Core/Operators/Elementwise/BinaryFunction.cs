namespace SeqStream.Operators.Elementwise;

/// <summary>A function of two elements; the names are those of the ONNX operators.</summary>
public enum BinaryFunction
{
    /// <summary>a + b; integers wrap.</summary>
    Add,
    /// <summary>a - b; integers wrap.</summary>
    Sub,
    /// <summary>a * b; integers wrap.</summary>
    Mul,
    /// <summary>a / b; integers truncate, and give 0 for b = 0.</summary>
    Div,
    /// <summary>a to the power of b; integers by repeated multiplication, wrapping; negative integer exponents give the truncated quotient.</summary>
    Pow,
    /// <summary>The smaller; NaN if either is NaN.</summary>
    Min,
    /// <summary>The larger; NaN if either is NaN.</summary>
    Max,
    /// <summary>Remainder with the sign of b; integers give 0 for b = 0.</summary>
    Mod,
    /// <summary>Remainder with the sign of a, as C's fmod; integers give 0 for b = 0.</summary>
    FMod,
    /// <summary>a for a >= 0, otherwise a * b.</summary>
    PRelu,
    /// <summary>Boolean and.</summary>
    And,
    /// <summary>Boolean or.</summary>
    Or,
    /// <summary>Boolean exclusive or.</summary>
    Xor,
    /// <summary>a = b, boolean.</summary>
    Equal,
    /// <summary>a &lt; b, boolean.</summary>
    Less,
    /// <summary>a &lt;= b, boolean.</summary>
    LessOrEqual,
    /// <summary>a > b, boolean.</summary>
    Greater,
    /// <summary>a >= b, boolean.</summary>
    GreaterOrEqual,
    /// <summary>Bits and; integers.</summary>
    BitwiseAnd,
    /// <summary>Bits or; integers.</summary>
    BitwiseOr,
    /// <summary>Bits exclusive or; integers.</summary>
    BitwiseXor,
}
