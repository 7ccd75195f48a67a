namespace SeqStream.Onnx.Lowering;

/// <summary>Something of a step model's input that its file leaves open: the size of an axis, or the value of an integer that may be the same at every step.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Dimension">The symbol or place of the open axis (<c>input[1]</c>); null for a value.</param>
public sealed record OpenInput(string Input, string? Dimension)
{
    /// <summary><c>--dim input[1]=SIZE</c> or <c>--const sr=VALUE</c>.</summary>
    public override string ToString() => Dimension is null ? $"--const {Input}=VALUE" : $"--dim {Dimension}=SIZE";
}
