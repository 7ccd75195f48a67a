namespace SeqStream.Cells;

/// <summary>Activation functions that ONNX allows inside recurrent operators.</summary>
public enum ActivationKind
{
    /// <summary>max(0, x).</summary>
    Relu,
    /// <summary>tanh x.</summary>
    Tanh,
    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,
    /// <summary>alpha x + beta.</summary>
    Affine,
    /// <summary>x for x >= 0, else alpha x.</summary>
    LeakyRelu,
    /// <summary>x for x > alpha, else 0.</summary>
    ThresholdedRelu,
    /// <summary>alpha tanh(beta x).</summary>
    ScaledTanh,
    /// <summary>clamp(alpha x + beta, 0, 1).</summary>
    HardSigmoid,
    /// <summary>x for x >= 0, else alpha (e^x - 1).</summary>
    Elu,
    /// <summary>x / (1 + |x|).</summary>
    Softsign,
    /// <summary>ln(1 + e^x).</summary>
    Softplus,
}
