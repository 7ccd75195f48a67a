namespace SeqStream.Operators.Elementwise;

/// <summary>A function of one element; the names are those of the ONNX operators, alpha and beta the parameters of <see cref="UnaryNode"/>.</summary>
public enum UnaryFunction
{
    /// <summary>|x|; the smallest integer wraps to itself.</summary>
    Abs,
    /// <summary>-x; integers wrap.</summary>
    Neg,
    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    Sign,
    /// <summary>max(x, 0).</summary>
    Relu,
    /// <summary>Boolean not.</summary>
    Not,
    /// <summary>Bits inverted; integers.</summary>
    BitwiseNot,
    /// <summary>x is not a number; answers bool.</summary>
    IsNaN,
    /// <summary>x is infinite, counting +infinity if alpha is not 0 and -infinity if beta is not 0; answers bool.</summary>
    IsInf,
    /// <summary>Largest integer not above x.</summary>
    Floor,
    /// <summary>Smallest integer not below x.</summary>
    Ceil,
    /// <summary>Nearest integer, halves to even.</summary>
    Round,
    /// <summary>Square root.</summary>
    Sqrt,
    /// <summary>1 / x.</summary>
    Reciprocal,
    /// <summary>e to the power of x.</summary>
    Exp,
    /// <summary>Natural logarithm.</summary>
    Log,
    /// <summary>Gauss error function.</summary>
    Erf,
    /// <summary>Sine of x radians.</summary>
    Sin,
    /// <summary>Cosine of x radians.</summary>
    Cos,
    /// <summary>Tangent of x radians.</summary>
    Tan,
    /// <summary>Inverse sine.</summary>
    Asin,
    /// <summary>Inverse cosine.</summary>
    Acos,
    /// <summary>Inverse tangent.</summary>
    Atan,
    /// <summary>Hyperbolic sine.</summary>
    Sinh,
    /// <summary>Hyperbolic cosine.</summary>
    Cosh,
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
    /// <summary>Inverse hyperbolic sine.</summary>
    Asinh,
    /// <summary>Inverse hyperbolic cosine.</summary>
    Acosh,
    /// <summary>Inverse hyperbolic tangent.</summary>
    Atanh,
    /// <summary>x for x >= 0, otherwise alpha x.</summary>
    LeakyRelu,
    /// <summary>x for x > alpha, otherwise 0.</summary>
    ThresholdedRelu,
    /// <summary>x for x >= 0, otherwise alpha (exp(x) - 1).</summary>
    Elu,
    /// <summary>beta x for x > 0, otherwise beta alpha (exp(x) - 1).</summary>
    Selu,
    /// <summary>max(0, x) + min(0, alpha (exp(x / alpha) - 1)).</summary>
    Celu,
    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,
    /// <summary>max(0, min(1, alpha x + beta)).</summary>
    HardSigmoid,
    /// <summary>x max(0, min(1, x / 6 + 1 / 2)).</summary>
    HardSwish,
    /// <summary>x sigmoid(alpha x).</summary>
    Swish,
    /// <summary>x tanh(softplus(x)).</summary>
    Mish,
    /// <summary>log(1 + exp(x)).</summary>
    Softplus,
    /// <summary>x / (1 + |x|).</summary>
    Softsign,
    /// <summary>x Phi(x), Phi being the normal distribution function.</summary>
    Gelu,
    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
    GeluTanh,
    /// <summary>x + beta for x &lt; -alpha, x - beta for x > alpha, otherwise 0.</summary>
    Shrink,
}
