namespace SeqStream.Cells;

/// <summary>An activation function with its parameters, already filled with ONNX's defaults where the model gives none.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">First parameter; unused by functions without one.</param>
/// <param name="Beta">Second parameter; unused by functions without one.</param>
public readonly record struct CellActivation(ActivationKind Kind, float Alpha = 0, float Beta = 0)
{
    /// <summary>The function's value: the specification that vector code is tested against.</summary>
    public float Of(float x) => Kind switch
    {
        ActivationKind.Relu => float.IsNaN(x) ? x : MathF.Max(0, x),
        ActivationKind.Tanh => MathF.Tanh(x),
        ActivationKind.Sigmoid => 1 / (1 + MathF.Exp(-x)),
        ActivationKind.Affine => Alpha * x + Beta,
        ActivationKind.LeakyRelu => x < 0 ? Alpha * x : x,
        ActivationKind.ThresholdedRelu => x <= Alpha ? 0 : x,
        ActivationKind.ScaledTanh => Alpha * MathF.Tanh(Beta * x),
        ActivationKind.HardSigmoid => Math.Clamp(Alpha * x + Beta, 0, 1),
        ActivationKind.Elu => x < 0 ? Alpha * (MathF.Exp(x) - 1) : x,
        ActivationKind.Softsign => x / (1 + MathF.Abs(x)),
        ActivationKind.Softplus => MathF.Max(x, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x))),
        _ => throw new ArgumentOutOfRangeException(nameof(x), Kind, "No such activation."),
    };
}
